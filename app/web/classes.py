"""Pages of an organisation's classes: the list, one class, entering, filling and closing it."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.flags import Switch, is_on
from app.core.listing import Piece
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.learning.services import catalogue
from app.learning.services.catalogue import CourseTitle
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.paths import PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.rules.classes import MOST_CAPACITY, STATE_NAMES, ClassOrder, ClassState
from app.org.rules.duties import Power, may
from app.org.services import (
    class_archives,
    class_changes,
    class_plan,
    class_progress,
    classes,
    organisations,
    staff_views,
)
from app.org.services.class_changes import ChangeView
from app.org.services.class_plan import UnitView
from app.org.services.class_progress import MemberView, OpenMatters, RollUnderWay
from app.org.services.classes import ClassView, TeacherView
from app.org.services.organisations import duty_in
from app.org.services.paging import Page
from app.org.services.staff_views import StaffView
from app.web.lists import ListLinks, list_links
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
_STATES = [("", "全部"), *((state.value, STATE_NAMES[state]) for state in ClassState)]
_ORDERS = [
    (ClassOrder.NEWEST.value, "最近新建"), (ClassOrder.STARTS.value, "开班日期"),
    (ClassOrder.TITLE.value, "名称"),
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesPage:
    found: Page[ClassView]
    pager: Pager
    query: str
    state: str
    order: str
    states: list[tuple[str, str]]
    orders: list[tuple[str, str]]
    may_keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """`view` is None for a new class."""

    view: ClassView | None
    chosen: tuple[str, ...]
    courses: list[CourseTitle]
    teachers: tuple[TeacherView, ...]
    teaching: frozenset[str]
    today: dt.date
    most_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPage:
    """`may_*`: what the caller's duty lets them do; the state is the class's own matter."""

    view: ClassView
    teachers: tuple[TeacherView, ...]
    units: tuple[UnitView, ...]
    people: Page[MemberView]
    pager: Pager
    query: str
    changes: tuple[ChangeView, ...]
    today: dt.date
    may_keep: bool
    may_call: bool
    may_take: bool
    issuance_stopped: bool
    address: str


_ROSTER_SORTS = {"unit": "部门", "position": "岗位", "-invited": "加入名单"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """The roster to choose from, for the class of `view`."""

    view: ClassView
    staff: Piece[StaffView]
    links: ListLinks
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingPage:
    """`lists` are what is open: a title, and the names of whom it is about.

    `under_way` are roll calls to be ended before.
    """

    view: ClassView
    lists: list[tuple[str, tuple[str, ...]]]
    under_way: tuple[RollUnderWay, ...]
    is_open: bool


@router.get("/classes")
def list_classes(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    now: Now,
    q: SearchText = "",
    state: Annotated[str, Query(pattern=r"^[a-z]{0,10}$")] = "",
    order: ClassOrder = ClassOrder.NEWEST,
    page: PageNumber = 1,
) -> HTMLResponse:
    """The classes of the organisation."""
    wanted = ClassState(state) if state in set(ClassState) else None
    found = classes.list_classes(db, actor, text=q, state=wanted, order=order, page=page, now=now)
    view = ClassesPage(
        found=found, query=q, state=wanted.value if wanted else "", order=order.value,
        states=_STATES, orders=_ORDERS, may_keep=_may(db, actor, Power.KEEP_CLASSES),
        pager=pager(
            "/employer/classes", found.page, found.pages, q=q, state=state, order=order.value
        ),
    )  # fmt: skip
    return render(request, "employer/classes.html", view)


def _may(db: ReadDb, actor: Actor, power: Power) -> bool:
    organisation = organisations.acting_for(db, actor, Power.SEE_PROGRESS)
    return may(duty_in(actor, organisation.org_id), power) and organisation.suspend_reason is None


@router.get("/new-class")
def new_class(
    request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """Enter a class."""
    organisations.acting_for(db, actor, Power.KEEP_CLASSES)
    page = FormPage(
        view=None, chosen=(), courses=catalogue.open_titles(db), teaching=frozenset(),
        teachers=classes.possible_teachers(db, parts.vault, actor), today=local_day(now),
        most_people=MOST_CAPACITY,
    )  # fmt: skip
    return render(request, "employer/class_form.html", page)


@router.get("/classes/{class_id}/card")
def change_class(
    *, request: Request, class_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """Change a class; its courses stay once it is approved."""
    organisations.acting_for(db, actor, Power.KEEP_CLASSES)
    view = classes.view(db, actor, class_id, now=now)
    chosen = tuple(course_id for course_id, _ in view.courses)
    shown = {each.course_id: each for each in catalogue.open_titles(db)}
    shown |= catalogue.offered(db, chosen)
    if view.approved_at is not None:
        shown = {course_id: shown[course_id] for course_id in chosen}
    page = FormPage(
        view=view, chosen=chosen,
        courses=sorted(shown.values(), key=lambda each: (each.title, each.course_id)),
        teachers=classes.possible_teachers(db, parts.vault, actor),
        teaching=frozenset(each.person_id for each in classes.teachers(db, parts.vault, class_id)),
        today=local_day(now), most_people=MOST_CAPACITY,
    )  # fmt: skip
    return render(request, "employer/class_form.html", page)


@router.get("/classes/{class_id}")
def one_class(
    *,
    request: Request,
    class_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    q: SearchText = "",
    page: PageNumber = 1,
) -> HTMLResponse:
    """One class: where it stands, its plan, its people and their progress."""
    view = classes.view(db, actor, class_id, now=now)
    people = class_progress.list_people(
        db, parts.vault, actor, class_id, text=q, page=page, now=now
    )
    shown = ClassPage(
        view=view, teachers=classes.teachers(db, parts.vault, class_id),
        units=class_plan.plan_of(db, class_id), people=people, query=q,
        pager=pager(f"/employer/classes/{class_id}", people.page, people.pages, q=q),
        changes=class_changes.list_changes(db, parts.vault, class_id), today=local_day(now),
        may_keep=_may(db, actor, Power.KEEP_CLASSES), may_call=_may(db, actor, Power.CALL_ROLL),
        may_take=_may(db, actor, Power.PROVE_HOURS),
        issuance_stopped=is_on(db, Switch.NO_ISSUANCE),
        address=f"{parts.settings.public_url}/classes/{class_id}",
    )  # fmt: skip
    return render(request, "employer/class.html", shown)


@router.get("/classes/{class_id}/roster")
def choose_people(
    *,
    request: Request,
    class_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:
    """Put people of the roster into a class."""
    organisations.acting_for(db, actor, Power.KEEP_CLASSES)
    view = classes.view(db, actor, class_id, now=now)
    found = staff_views.list_staff(db, parts.vault, actor, asked, query=q)
    links = list_links(f"/employer/classes/{class_id}/roster", found, _ROSTER_SORTS, q=q.strip())
    shown = RosterPage(view=view, staff=found, links=links, query=q)
    return render(request, "employer/class_roster.html", shown)


@router.get("/classes/{class_id}/closing")
def close_class(
    *, request: Request, class_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """What closing would leave open, and closing."""
    found = class_archives.look(db, parts.vault, actor, class_id, now=now)
    view = classes.view(db, actor, class_id, now=now)
    page = ClosingPage(
        view=view, lists=_lists(found), under_way=found.under_way, is_open=found.is_open
    )
    return render(request, "employer/class_closing.html", page)


def _lists(found: OpenMatters) -> list[tuple[str, tuple[str, ...]]]:
    named = [
        ("没有开始学", found.no_study), ("学时没有满", found.short),
        ("有学时等待核对", found.pending), ("没有考试合格", found.no_exam),
        ("学完了，证书还没有出", found.no_certificate), ("没有点名的课次", found.uncalled),
    ]  # fmt: skip
    return [(title, names) for title, names in named if names]
