"""The plan and the people of a class; public classes, coming to one and leaving it."""

import datetime as dt
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, Field

from app.api.problems import may_raise
from app.api.v1.classes import READING, STRICT, WRITING, Agent, CourseOut, Day, Id, RowId
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
)
from app.lobby.deps import CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.org.rules import class_units
from app.org.rules.class_places import MEMBER_STATE_NAMES
from app.org.rules.class_units import Unit
from app.org.rules.classes import ClassFlawError
from app.org.services import class_members, class_plan, class_progress, class_public
from app.org.services.class_plan import UnitView
from app.org.services.class_progress import MemberView
from app.org.services.class_public import PublicClass
from app.org.services.classes import flawed

router = APIRouter(tags=["classes"])
_PageNumber = Annotated[int, Query(ge=1, le=10_000)]
_MINE = may_raise(NotSignedInError, ForbiddenError, NotFoundError, ConflictError, InvalidError)


class UnitIn(Body):
    """Day and time are Shanghai's, `starts` as 09:30; without a place it is on line."""

    model_config = STRICT

    day: Day
    starts: Annotated[str, Field(min_length=1, max_length=10)]
    minutes: Annotated[int, Field(ge=0, le=10_000)]
    topic: Annotated[PersonText, Field(min_length=1, max_length=80)]
    place: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class UnitMadeOut(BaseModel):
    unit_id: str


class UnitOut(BaseModel):
    unit_id: str
    number: int
    day: dt.date
    starts: str
    ends: str
    minutes: int
    topic: str
    place: str
    came: int | None


class RollCallOut(BaseModel):
    roll_call_id: str


class MembersIn(Body):
    model_config = STRICT

    staff_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class EnteredOut(BaseModel):
    placed: int
    waiting: int
    unchanged: int


class StandingOut(BaseModel):
    course_id: str
    title: str
    confirmed_ms: int
    pending_ms: int
    required_ms: int
    score: int | None
    exam_passed: bool
    completed_at: dt.datetime | None
    certificate: str


class MemberOut(BaseModel):
    member_id: str
    name: str
    masked_number: str
    state: str
    state_name: str
    source: str
    source_name: str
    place: int
    attended: int
    called: int
    courses: list[StandingOut]


class MembersOut(BaseModel):
    items: list[MemberOut]
    page: int
    total: int


class PublicOut(BaseModel):
    class_id: str
    title: str
    summary: str
    organisation: str
    prefecture_code: str
    starts_on: dt.date
    ends_on: dt.date
    enrol_until: dt.date | None
    capacity: int
    free: int
    waiting: int
    door: str
    door_name: str
    courses: list[CourseOut]


class PublicListOut(BaseModel):
    items: list[PublicOut]
    page: int
    total: int


class PublicOneOut(PublicOut):
    units: list[UnitOut]


class ComeIn(Body):
    model_config = STRICT

    class_id: Id


class CameOut(BaseModel):
    state: str
    state_name: str


class OwnClassOut(BaseModel):
    class_id: str
    title: str
    organisation: str
    starts_on: dt.date
    ends_on: dt.date
    state: str
    state_name: str
    class_state: str
    class_state_name: str
    place: int
    reason: str


def _unit(body: UnitIn) -> Unit:
    try:
        starts_at = class_units.read_clock(body.starts)
    except ClassFlawError as flaw:
        raise flawed(flaw) from None
    return Unit(
        day=body.day, starts_at=starts_at, minutes=body.minutes, topic=body.topic, place=body.place
    )


def _units(found: tuple[UnitView, ...]) -> list[UnitOut]:
    return [UnitOut.model_validate(asdict(each)) for each in found]


@router.get("/org/classes/{class_id}/units", responses=READING)
def list_units(class_id: RowId, actor: Agent, db: ReadDb) -> list[UnitOut]:
    """The plan of a class, in the order of time."""
    return _units(class_plan.own_plan(db, actor, class_id))


@router.post(
    "/org/classes/{class_id}/units", status_code=status.HTTP_201_CREATED, responses=WRITING
)  # fmt: skip
def add_unit(class_id: RowId, body: UnitIn, actor: Agent, db: Db, now: Now) -> UnitMadeOut:
    """Enter a unit of teaching."""
    unit_id = class_plan.add_unit(db, actor, class_id, _unit(body), now=now)
    return UnitMadeOut(unit_id=unit_id)


@router.put(
    "/org/classes/{class_id}/units/{plan_unit_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def change_unit(
    *, class_id: RowId, plan_unit_id: RowId, body: UnitIn, actor: Agent, db: Db, now: Now
) -> None:
    """Change a unit whose roll was not called yet."""
    class_plan.change_unit(db, actor, class_id, plan_unit_id, _unit(body), now=now)


@router.delete(
    "/org/classes/{class_id}/units/{plan_unit_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def remove_unit(class_id: RowId, plan_unit_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take a unit out of the plan whose roll was not called yet."""
    class_plan.remove_unit(db, actor, class_id, plan_unit_id, now=now)


@router.post(
    "/org/classes/{class_id}/units/{plan_unit_id}/roll-calls", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def call_roll(class_id: RowId, plan_unit_id: RowId, actor: Agent, db: Db, now: Now) -> RollCallOut:
    """Begin a roll call for a unit in a place, on its day."""
    return RollCallOut(
        roll_call_id=class_plan.call_roll(db, actor, class_id, plan_unit_id, now=now)
    )


@router.get("/org/classes/{class_id}/members", responses=READING)
def list_members(
    *,
    class_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    q: Annotated[str, Query(max_length=60)] = "",
    page: _PageNumber = 1,
) -> MembersOut:
    """The people of a class and how they stand, twenty a page."""
    found = class_progress.list_people(db, parts.vault, actor, class_id, text=q, page=page, now=now)
    return MembersOut(
        items=[_member(each) for each in found.items], page=found.page, total=found.total
    )


def _member(view: MemberView) -> MemberOut:
    courses = [
        StandingOut(
            course_id=each.facts.course_id, title=each.facts.course_title,
            confirmed_ms=each.facts.confirmed_ms, pending_ms=each.pending_ms,
            required_ms=each.facts.required_ms, score=each.facts.score,
            exam_passed=each.facts.exam_passed, completed_at=each.facts.completed_at,
            certificate=each.certificate,
        )
        for each in view.courses
    ]  # fmt: skip
    rest = {name: getattr(view, name) for name in MemberOut.model_fields if name != "courses"}
    return MemberOut.model_validate(rest | {"courses": courses})


@router.post(
    "/org/classes/{class_id}/members", status_code=status.HTTP_201_CREATED, responses=WRITING
)  # fmt: skip
def add_members(
    class_id: RowId, body: MembersIn, actor: Agent, db: Db, now: Now
) -> EnteredOut:  # fmt: skip
    """Put people of the roster into a class; when it is full they wait."""
    found = class_members.add_staff(db, actor, class_id, body.staff_ids, now=now)
    return EnteredOut.model_validate(asdict(found))


@router.delete(
    "/org/classes/{class_id}/members/{member_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def remove_member(class_id: RowId, member_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take somebody out of a class; who waits longest moves up."""
    class_members.remove(db, actor, class_id, member_id, now=now)


@router.get("/classes", responses=may_raise(InvalidError))
def list_public(
    *,
    db: ReadDb,
    now: Now,
    q: Annotated[str, Query(max_length=60)] = "",
    prefecture: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
    page: _PageNumber = 1,
) -> PublicListOut:
    """Public classes that can still be joined, twenty a page."""
    found = class_public.find(db, q, prefecture, page=page, now=now)
    return PublicListOut(
        items=[PublicOut.model_validate(_public(each)) for each in found.items],
        page=found.page, total=found.total,
    )  # fmt: skip


def _public(view: PublicClass) -> dict[str, object]:
    courses = [{"course_id": course_id, "title": title} for course_id, title in view.courses]
    return asdict(view) | {"door": view.door.value, "courses": courses}


@router.get("/classes/{class_id}", responses=may_raise(InvalidError, NotFoundError))
def read_public(class_id: RowId, db: ReadDb, now: Now) -> PublicOneOut:
    """One public class with its plan."""
    view, units = class_public.one(db, class_id, now=now)
    return PublicOneOut.model_validate(_public(view) | {"units": _units(units)})


@router.get("/me/classes", responses=may_raise(NotSignedInError))
def list_own(actor: CurrentActor, db: ReadDb, now: Now) -> list[OwnClassOut]:
    """The classes in which the caller has a place or waits for one."""
    return [
        OwnClassOut.model_validate({name: getattr(each, name) for name in OwnClassOut.model_fields})
        for each in class_public.list_own(db, actor, now=now)
    ]


@router.post("/me/classes", responses=_MINE)
def come(body: ComeIn, actor: CurrentActor, db: Db, now: Now) -> CameOut:
    """Come to a public class, or wait for a place in it."""
    state = class_members.enrol_self(db, actor, body.class_id, now=now)
    return CameOut(state=state.value, state_name=MEMBER_STATE_NAMES[state])


@router.delete(
    "/me/classes/{class_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_MINE
)  # fmt: skip
def leave(class_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Leave a class, or the queue of one."""
    class_members.leave(db, actor, class_id, now=now)
