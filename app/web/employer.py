"""An employer's pages: what is to be done today, staff, roll calls; the matrix: `matrix.py`."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import ForbiddenError, NotFoundError
from app.core.listing import Piece
from app.identity.rules.actors import Actor, Role
from app.learning.services import marking
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.rules.attention import PRESSING_NAMES, Pressing
from app.org.rules.deadlines import IDLE
from app.org.rules.duties import DUTY_NAMES, Power
from app.org.rules.organisations import STAFF_STATE_NAMES, StaffState
from app.org.services import (
    attention,
    marking_desks,
    members,
    organisations,
    progress,
    roll_calls,
    staff_views,
)
from app.org.services.attention import Pressed
from app.org.services.organisations import OrganisationView
from app.org.services.progress import PressingRows
from app.org.services.roll_calls import RollScreen
from app.org.services.staff_views import StaffView
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class ToDoList:
    code: str
    title: str
    look: str
    total: int
    lines: tuple[Pressed, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class TodayPage:
    organisation: OrganisationView
    lists: tuple[ToDoList, ...]
    waiting: Piece[StaffView]
    done: int
    is_fresh: bool
    to_mark: int
    """Answers that wait for the caller's mark; 0 for who marks for nobody."""


@dataclass(frozen=True, slots=True)
class StaffPage:
    """`added` is who has just been put on the roster, None where nobody was."""

    added: StaffView | None
    staff: Piece[StaffView]
    query: str
    state: str
    states: tuple[tuple[StaffState, str], ...]
    links: ListLinks


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A line, and what the person is here besides; `duty_name` is empty for nothing."""

    line: StaffView
    person_id: str = ""
    duty_name: str = ""
    may_end: bool = False
    is_last_owner: bool = False


@dataclass(frozen=True, slots=True)
class RollCallsPage:
    under_way: str | None
    organisation: OrganisationView


_SHOWN = 20
_SORTS = {"unit": "部门", "position": "岗位", "-invited": "加入名单"}
_STATES = tuple((each, STAFF_STATE_NAMES[each]) for each in StaffState if each != StaffState.LEFT)


@router.get("")
def today(request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now) -> HTMLResponse:
    """Three lists with what to do about each: two of deadlines, one of who stands still."""
    found = progress.to_do(db, parts.vault, actor, most=_SHOWN, now=now)
    lists = tuple(
        _list(db, pressing, shown, now)
        for pressing, shown in (
            (Pressing.OVERDUE, found.overdue), (Pressing.DUE_SOON, found.soon),
            (Pressing.STUCK, found.idle),
        )
    )  # fmt: skip
    page = TodayPage(
        found.organisation, lists, staff_views.waiting_staff(db, parts.vault, actor),
        found.done, found.is_fresh, _to_mark(db, actor),
    )  # fmt: skip
    return render(request, "employer/today.html", page)


def _to_mark(db: ReadDb, actor: Actor) -> int:
    if Role.INSTITUTION not in actor.roles:
        return 0
    try:
        owner_id = marking_desks.owner_for(db, actor)
    except ForbiddenError:  # their duty does not reach so far
        return 0
    waiting = marking.desk(db, owner_id, marker_id=actor.learner_id).questions
    return sum(question.count for question in waiting)


_LOOKS = {Pressing.OVERDUE: "bad", Pressing.DUE_SOON: "wait", Pressing.STUCK: "brand"}
_TITLES = PRESSING_NAMES | {Pressing.STUCK: f"{IDLE.days} 天以上没有学习"}


def _list(db: ReadDb, pressing: Pressing, found: PressingRows, now: dt.datetime) -> ToDoList:
    lines = attention.described(db, found.rows, pressing, now=now)
    return ToDoList(
        pressing.value, _TITLES[pressing], _LOOKS[pressing], found.total, lines, found.is_more
    )


@router.get("/staff")
def staff_list(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    asked: AskedList,
    q: SearchText = "",
    state: Literal["", "invited", "joined"] = "",
    added: Annotated[str, Query(max_length=26)] = "",
) -> HTMLResponse:
    """The roster, and adding to it."""
    wanted = StaffState(state) if state else None
    found = staff_views.list_staff(db, parts.vault, actor, asked, query=q, state=wanted)
    links = list_links("/employer/staff", found, _SORTS, q=q.strip(), state=state)
    view = StaffPage(_added(db, parts, actor, added), found, q, state, _STATES, links)
    return render(request, "employer/staff.html", view)


def _added(db: ReadDb, parts: Parts, actor: Actor, staff_id: str) -> StaffView | None:
    """Who has just been added; an old address of somebody who left since says nothing."""
    try:
        return staff_views.one_staff(db, parts.vault, actor, staff_id) if staff_id else None
    except NotFoundError:
        return None


@router.get("/staff/{staff_id}")
def one_staff(
    request: Request, staff_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """One line of the roster: correct it, or take the person off."""
    line = staff_views.one_staff(db, parts.vault, actor, staff_id)
    held = members.duty_of_line(db, actor, staff_id)
    page = PersonPage(line)
    if held is not None:
        page = PersonPage(
            line, held.person_id, DUTY_NAMES[held.duty], held.may_end, held.is_last_owner
        )
    return render(request, "employer/person.html", page)


@router.get("/roll-calls")
def begin_roll_call(request: Request, actor: Agent, db: ReadDb, now: Now) -> HTMLResponse:
    """Begin a roll call at a site, or go on with the one that is under way."""
    page = RollCallsPage(
        roll_calls.under_way(db, actor, now=now),
        organisations.acting_for(db, actor, Power.CALL_ROLL),
    )
    return render(request, "employer/roll_calls.html", page)


@router.get("/roll-calls/{roll_call_id}")
def roll_call(
    *, request: Request, roll_call_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """The screen of a roll call: the code, and who has come."""
    page: RollScreen = roll_calls.screen(db, parts.vault, parts.keys, actor, roll_call_id, now=now)
    return render(request, "employer/roll_call.html", page)
