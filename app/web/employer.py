"""An employer's pages: what is to be done today, staff, assigning, progress."""

import datetime as dt
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
class ToDo:
    """One person and course, why it is listed, and what can be done about it from here."""

    row: ProgressRow
    says: str
    hint: str

    @property
    def can_remind(self) -> bool:
        return not self.hint


@dataclass(frozen=True, slots=True)
class ToDoList:
    code: str
    title: str
    look: str
    total: int
    lines: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class TodayPage:
    organisation: OrganisationView
    lists: tuple[ToDoList, ...]
    waiting: Page[StaffView]
    done: int
    is_fresh: bool


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


_SHOWN = 20
_UNJOINED = "本人登录后，在“我的”里确认加入单位就开始"


@router.get("")
def today(request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now) -> HTMLResponse:
    """Three lists with what to do about each: two of courses, one of people."""
    organisation = organisations.acting_for(db, actor)

    def stand(state: Progress) -> ProgressTable:
        return progress.progress_table(db, parts.vault, actor, ProgressFilter(state=state), now=now)

    day = assignments.local_day(now)
    overdue, soon = stand(Progress.OVERDUE), stand(Progress.DUE_SOON)
    stuck = _stuck(stand(Progress.STUDYING))
    lists = (
        _list("overdue", "逾期", "bad", overdue, day),
        _list("soon", "即将到期", "wait", soon, day),
        ToDoList("stuck", "卡住", "brand", len(stuck), stuck[:_SHOWN]),
    )
    page = TodayPage(
        organisation, lists, staff_views.waiting_staff(db, parts.vault, actor),
        overdue.counts[Progress.DONE], not any(overdue.counts.values()),
    )  # fmt: skip
    return render(request, "employer/today.html", page)


def _list(code: str, title: str, look: str, table: ProgressTable, day: dt.date) -> ToDoList:
    lines = [
        ToDo(row, _days(row.due_on, day), "" if row.required_ms else _UNJOINED)
        for row in table.rows.items
    ]
    lines.sort(key=lambda line: not line.can_remind)
    return ToDoList(code, title, look, table.rows.total, tuple(lines[:_SHOWN]))


def _days(due_on: dt.date, day: dt.date) -> str:
    left = (due_on - day).days
    if left < 0:
        return f"逾期 {-left} 天"
    return f"还有 {left} 天" if left else "今天截止"


def _stuck(studying: ProgressTable) -> tuple[ToDo, ...]:
    """Who needs a word though no deadline presses: not begun, or only the exam left."""
    idle = [ToDo(row, "还没有开始学", "") for row in studying.rows.items if not _has_begun(row)]
    full = [
        ToDo(row, "学满了，还没考过", "")
        for row in studying.rows.items
        if row.confirmed_ms >= (row.required_ms or 0) and not row.exam_passed
    ]
    return (*full, *idle)


def _has_begun(row: ProgressRow) -> bool:
    return row.confirmed_ms + row.pending_ms > 0


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
