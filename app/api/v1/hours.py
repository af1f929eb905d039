"""A learner's own days: every stretch of the server's time, what became of it, and why."""

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.problems import may_raise
from app.core.errors import InvalidError, NotFoundError, NotSignedInError
from app.identity.services.cases import CaseView
from app.learning.rules.bands import Piece
from app.learning.rules.moments import moment_of
from app.learning.services import day_line
from app.learning.services.day_line import SessionLine, Stretch
from app.learning.services.line_marks import Mark
from app.lobby.days import LocalDay
from app.lobby.deps import CurrentActor, ReadDb
from app.oversight.services import complaints

router = APIRouter(prefix="/me/hours", tags=["me"])


class AppealOut(BaseModel):
    """`subject` and `ref_id` are what POST /appeals takes; `state` is none, open or decided."""

    subject: str
    ref_id: str
    state: str
    sentence: str


class PieceOut(BaseModel):
    start_at: dt.datetime
    end_at: dt.datetime
    fate: str


class StretchOut(BaseModel):
    """`fate` is confirmed, waiting, taken, refused or quiet; positions and `ms` are milliseconds.

    Stretches are read as lines: two that alternate within a minute are two lines over one time.
    """

    start_at: dt.datetime
    end_at: dt.datetime
    fate: str
    code: str | None
    ms: int
    lesson_id: str
    lesson_number: int
    lesson_title: str
    from_ms: int
    to_ms: int
    sentence: str
    next_time: str
    granted_ms: int
    appeal: AppealOut | None


class MarkOut(BaseModel):
    """A check, a hold, a release or a correction."""

    at: dt.datetime
    kind: str
    tone: str
    sentence: str
    ms: int
    appeal: AppealOut | None


class SessionLineOut(BaseModel):
    """`pieces` are the session in order, none over another; `stretches` say why."""

    session_id: str
    course_title: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    confirmed_ms: int
    waiting_ms: int
    refused_ms: int
    pieces: list[PieceOut]
    stretches: list[StretchOut]
    marks: list[MarkOut]


class DayLineOut(BaseModel):
    day: dt.date
    confirmed_ms: int
    sessions: list[SessionLineOut]


@router.get(
    "/{day}/timeline", responses=may_raise(InvalidError, NotFoundError, NotSignedInError)
)  # fmt: skip
def read_timeline(day: LocalDay, actor: CurrentActor, db: ReadDb) -> DayLineOut:
    """One local day of the caller, session by session; a day without study has no sessions."""
    found = day_line.day_line(db, actor.learner_id, day)
    about = complaints.appeals_about(db, found.appealable)
    return DayLineOut(
        day=found.day, confirmed_ms=found.confirmed_ms,
        sessions=[_session(session, about) for session in found.sessions],
    )  # fmt: skip


def _session(line: SessionLine, about: dict[str, CaseView]) -> SessionLineOut:
    return SessionLineOut(
        session_id=line.session_id, course_title=line.course_title, opened_at=line.opened_at,
        closed_at=line.closed_at, confirmed_ms=line.confirmed_ms, waiting_ms=line.waiting_ms,
        refused_ms=line.refused_ms, pieces=[_piece(piece) for piece in line.pieces],
        stretches=[_stretch(stretch, about) for stretch in line.stretches],
        marks=[_mark(mark, about) for mark in line.marks],
    )  # fmt: skip


def _piece(piece: Piece) -> PieceOut:
    return PieceOut(
        start_at=moment_of(piece.start_ms), end_at=moment_of(piece.end_ms), fate=piece.fate.value
    )


def _stretch(line: Stretch, about: dict[str, CaseView]) -> StretchOut:
    return StretchOut(
        start_at=line.start_at, end_at=line.end_at, fate=line.fate.value,
        code=line.code.value if line.code else None, ms=line.ms, lesson_id=line.lesson_id,
        lesson_number=line.lesson_number, lesson_title=line.lesson_title, from_ms=line.from_ms,
        to_ms=line.to_ms, sentence=line.sentence, next_time=line.next_time,
        granted_ms=line.granted_ms,
        appeal=_appeal("cut", line.cut_id, about) if line.is_refused and line.cut_id else None,
    )  # fmt: skip


def _mark(mark: Mark, about: dict[str, CaseView]) -> MarkOut:
    return MarkOut(
        at=mark.at, kind=mark.kind, tone=mark.tone.value, sentence=mark.sentence, ms=mark.ms,
        appeal=_appeal("hold", mark.hold_id, about) if mark.hold_id else None,
    )  # fmt: skip


def _appeal(subject: str, ref_id: str, about: dict[str, CaseView]) -> AppealOut:
    case = about.get(ref_id)
    if case is None:
        return AppealOut(subject=subject, ref_id=ref_id, state="none", sentence="")
    state = "decided" if case.decision else "open"
    return AppealOut(
        subject=subject, ref_id=ref_id, state=state, sentence=complaints.standing(case)
    )
