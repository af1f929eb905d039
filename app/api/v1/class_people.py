"""The people of a class; public classes, coming to one and leaving it."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.class_plan import UnitOut, units_out
from app.api.v1.classes import CourseOut
from app.core.errors import (
    InvalidError,
    NotFoundError,
    NotSignedInError,
)
from app.lobby.deps import Agent, CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import Id, RowId
from app.lobby.sought import SearchText
from app.org.rules.class_places import MEMBER_STATE_NAMES
from app.org.services import class_members, class_progress, class_public
from app.org.services.class_progress import MemberView
from app.org.services.class_public import PublicClass

router = APIRouter(tags=["classes"])
_PageNumber = Annotated[int, Query(ge=1, le=10_000)]


class MembersIn(Body):
    staff_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class EnteredOut(Answer):
    placed: int
    waiting: int
    unchanged: int


class StandingOut(Answer):
    course_id: str
    title: str
    confirmed_ms: int
    pending_ms: int
    required_ms: int
    score: int | None
    exam_passed: bool
    completed_at: dt.datetime | None
    certificate: str


class MemberOut(Answer):
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


class MembersOut(Answer):
    items: list[MemberOut]
    page: int
    total: int


class PublicOut(Answer):
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


class PublicListOut(Answer):
    items: list[PublicOut]
    page: int
    total: int


class PublicOneOut(PublicOut):
    units: list[UnitOut]


class ComeIn(Body):
    class_id: Id


class CameOut(Answer):
    state: str
    state_name: str


class OwnClassOut(Answer):
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


@router.get("/org/classes/{class_id}/members", responses=READING)
def list_members(
    *,
    class_id: RowId,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    q: SearchText = "",
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
    return EnteredOut.model_validate(found)


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
    q: SearchText = "",
    prefecture: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
    page: _PageNumber = 1,
) -> PublicListOut:
    """Public classes that can still be joined, twenty a page."""
    found = class_public.find(db, q, prefecture, page=page, now=now)
    return PublicListOut(
        items=[PublicOut.of(each, courses=_courses(each)) for each in found.items],
        page=found.page, total=found.total,
    )  # fmt: skip


def _courses(view: PublicClass) -> list[CourseOut]:
    return [CourseOut(course_id=course_id, title=title) for course_id, title in view.courses]


@router.get("/classes/{class_id}", responses=may_raise(InvalidError, NotFoundError))
def read_public(class_id: RowId, db: ReadDb, now: Now) -> PublicOneOut:
    """One public class with its plan."""
    view, units = class_public.one(db, class_id, now=now)
    return PublicOneOut.of(view, courses=_courses(view), units=units_out(units))


@router.get("/me/classes", responses=may_raise(NotSignedInError))
def list_own(actor: CurrentActor, db: ReadDb, now: Now) -> list[OwnClassOut]:
    """The classes in which the caller has a place or waits for one."""
    return [OwnClassOut.model_validate(each) for each in class_public.list_own(db, actor, now=now)]


@router.post("/me/classes", responses=WRITING)
def come(body: ComeIn, actor: CurrentActor, db: Db, now: Now) -> CameOut:
    """Come to a public class, or wait for a place in it."""
    state = class_members.enrol_self(db, actor, body.class_id, now=now)
    return CameOut(state=state.value, state_name=MEMBER_STATE_NAMES[state])


@router.delete(
    "/me/classes/{class_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)  # fmt: skip
def leave(class_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Leave a class, or the queue of one."""
    class_members.leave(db, actor, class_id, now=now)
