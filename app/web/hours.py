"""A worker's hours: the days, one day as a line, and the appeal against what was not counted."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.identity.services import person_keys
from app.identity.services.cases import CaseView
from app.learning.services import appeals, day_book, day_line
from app.learning.services.appeals import Appealed, Subject
from app.learning.services.day_book import Day
from app.learning.services.day_line import DayLine
from app.lobby.days import LocalDay
from app.lobby.deps import CurrentActor, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.oversight.services import complaints
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class HoursPage:
    """`appeals` says how the appeal about a cut stands, by the cut's id."""

    days: tuple[Day, ...]
    appeals: dict[str, str]


@dataclass(frozen=True, slots=True)
class DayPage:
    """`appeals` says how the appeal about a cut or a hold stands, by its id."""

    line: DayLine
    appeals: dict[str, str]


@dataclass(frozen=True, slots=True)
class AppealPage:
    """`length` says how much may be written."""

    subject: str
    ref_id: str
    appealed: Appealed
    case: CaseView | None
    decision: str
    text: str
    length: str


@router.get("/hours")
def hours(request: Request, actor: CurrentActor, db: ReadDb, now: Now) -> HTMLResponse:
    """Show each day's recognised time, and why the rest was not counted."""
    days = day_book.days(db, actor.learner_id, now=now)
    about = complaints.appeals_about(db, [cut.cut_id for day in days for cut in day.cuts])
    return render(request, "worker/hours.html", HoursPage(days, _standings(about)))


@router.get("/hours/{day}")
def day(request: Request, day: LocalDay, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """Show one day on the server's clock, stretch by stretch."""
    line = day_line.day_line(db, actor.learner_id, day)
    about = complaints.appeals_about(db, line.appealable)
    return render(request, "worker/day.html", DayPage(line, _standings(about)))


def _standings(about: dict[str, CaseView]) -> dict[str, str]:
    return {ref_id: complaints.standing(case) for ref_id, case in about.items()}


@router.get("/appeals/{subject}/{ref_id}")
def appeal(
    *,
    request: Request,
    subject: Subject,
    ref_id: RowId,
    actor: CurrentActor,
    db: ReadDb,
    parts: PartsDep,
) -> HTMLResponse:
    """Appeal against a stretch that was not counted or a hold, or see how the appeal stands."""
    found = appeals.appealed(db, actor.learner_id, subject, ref_id)
    case = complaints.appeals_about(db, [ref_id]).get(ref_id)
    own = person_keys.vault_of(db, parts.vault, actor.learner_id)
    said = (complaints.standing(case), complaints.text_of(own, case)) if case else ("", "")
    page = AppealPage(subject.value, ref_id, found, case, *said, complaints.TEXT_LENGTH)
    return render(request, "worker/appeal.html", page)
