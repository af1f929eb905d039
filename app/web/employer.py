"""An employer's pages: what is to be done today, staff, assigning, progress."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Actor, Role
from app.learning.services import catalogue
from app.learning.services.catalogue import CourseView
from app.lobby.deps import Now, PartsDep, ReadDb, require_roles
from app.org.rules.deadlines import Progress
from app.org.services import assignments, organisations, progress, staff_views
from app.org.services.organisations import OrganisationView
from app.org.services.paging import Page
from app.org.services.progress import ProgressFilter, ProgressRow, ProgressTable
from app.org.services.staff_views import StaffView
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
Agent = Annotated[Actor, Depends(require_roles(Role.EMPLOYER, Role.INSTITUTION))]
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class TodayPage:
    organisation: OrganisationView
    lists: tuple[tuple[str, str, int, tuple[ProgressRow, ...]], ...]
    waiting: Page[StaffView]
    done: int


@dataclass(frozen=True, slots=True)
class StaffPage:
    staff: Page[StaffView]
    query: str
    pager: Pager


@dataclass(frozen=True, slots=True)
class AssignPage:
    staff: tuple[StaffView, ...]
    courses: tuple[CourseView, ...]
    today: str


@dataclass(frozen=True, slots=True)
class ProgressPage:
    table: ProgressTable
    pager: Pager


_LISTS = (
    (Progress.OVERDUE, "已逾期", "bad"),
    (Progress.DUE_SOON, "七天内到期", "wait"),
)


@router.get("")
def today(request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now) -> HTMLResponse:
    """Three lists with what to do about each: two of courses, one of people."""
    organisation = organisations.acting_for(db, actor)
    lists = []
    done = 0
    for state, title, look in _LISTS:
        table = progress.progress_table(
            db, parts.vault, actor, ProgressFilter(state=state), now=now
        )
        done = table.counts[Progress.DONE]
        lists.append((title, look, table.rows.total, table.rows.items))
    waiting = staff_views.waiting_staff(db, parts.vault, actor)
    page = TodayPage(organisation, tuple(lists), waiting, done)
    return render(request, "employer/today.html", page)


@router.get("/staff")
def staff_list(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    q: Annotated[str, Query(max_length=60)] = "",
    page: PageNumber = 1,
) -> HTMLResponse:
    """The roster, and adding to it."""
    found = staff_views.list_staff(db, parts.vault, actor, query=q, page=page)
    view = StaffPage(found, q, pager("/employer/staff", found.page, found.pages, q=q))
    return render(request, "employer/staff.html", view)


@router.get("/staff/{staff_id}")
def one_staff(
    request: Request, staff_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """One line of the roster: correct it, or take the person off."""
    page = staff_views.one_staff(db, parts.vault, actor, staff_id)
    return render(request, "employer/person.html", page)


@router.get("/assign")
def assign(request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now) -> HTMLResponse:
    """Ask staff to study a course by a day."""
    people = staff_views.every_staff(db, parts.vault, actor)
    courses, _ = catalogue.list_courses(db, query="", cluster_code=None, page=1)
    page = AssignPage(tuple(people), tuple(courses), assignments.local_day(now).isoformat())
    return render(request, "employer/assign.html", page)


@router.get("/progress")
def show_progress(
    *, request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now, page: PageNumber = 1
) -> HTMLResponse:
    """How every assignment stands, and the proof of hours for each person."""
    table = progress.progress_table(db, parts.vault, actor, ProgressFilter(), page=page, now=now)
    view = ProgressPage(table, pager("/employer/progress", table.rows.page, table.rows.pages))
    return render(request, "employer/progress.html", view)
