"""Pages of the annual plan of training: a year with what became of it, one line with its people."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.local_days import local_day
from app.learning.services.catalogue import CourseView
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.paths import PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.providers.reference import Purpose, read_purposes
from app.org.rules.plans import FIRST_YEAR, LAST_YEAR
from app.org.services import plans, units
from app.org.services.paging import Page
from app.org.services.plans import LineView, PlannedPerson, PlanView
from app.web.assignment_rules import every_course
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """`shown` are the lines that were sought, of the whole plan."""

    plan: PlanView
    shown: tuple[LineView, ...]
    query: str
    by_percent: bool
    years: tuple[int, ...]
    purposes: tuple[Purpose, ...]
    courses: tuple[CourseView, ...]
    units: tuple[str, ...]

    @property
    def purpose_names(self) -> dict[str, str]:
        return {each.code: each.name for each in self.purposes}


@dataclass(frozen=True, slots=True)
class PlanLinePage:
    line: LineView
    people: Page[PlannedPerson]
    pager: Pager
    purposes: tuple[Purpose, ...]
    courses: tuple[CourseView, ...]
    units: tuple[str, ...]


@router.get("/plan")
def show_plan(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
    q: SearchText = "",
    by_percent: bool = False,
) -> HTMLResponse:
    """A year's plan, this year's where none is named."""
    this_year = local_day(now).year
    found = plans.plan(db, actor, year or this_year)
    shown = [each for each in found.lines if q.strip() in f"{each.unit} {each.course_title}"]
    if by_percent:
        shown.sort(key=lambda each: each.percent)
    known = {each for each, _ in plans.years(db, actor)} | {this_year, this_year + 1, found.year}
    view = PlanPage(
        plan=found, shown=tuple(shown), query=q, by_percent=by_percent,
        years=tuple(sorted(known, reverse=True)),
        purposes=read_purposes(parts.settings.reference_dir), courses=tuple(every_course(db, now)),
        units=tuple(units.words_of_all(db, actor)),
    )  # fmt: skip
    return render(request, "employer/plan.html", view)


@router.get("/plan/lines/{line_id}")
def show_line(
    *,
    request: Request,
    line_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    page: PageNumber = 1,
) -> HTMLResponse:
    """One line: its people, and changing it."""
    line = plans.one_line(db, actor, line_id)
    people = plans.people(db, parts.vault, actor, line_id, page=page)
    view = PlanLinePage(
        line=line, people=people,
        pager=pager(f"/employer/plan/lines/{line_id}", people.page, people.pages),
        purposes=read_purposes(parts.settings.reference_dir), courses=tuple(every_course(db, now)),
        units=tuple(units.words_of_all(db, actor)),
    )  # fmt: skip
    return render(request, "employer/plan_line.html", view)
