"""Classes 班级 of an organisation: entering one, applying for it, changing and closing it."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.api.v1.texts import PersonText
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.paths import Id, RowId
from app.lobby.sought import SearchText
from app.org.rules.classes import Card, ClassOrder, ClassState
from app.org.services import class_archives, class_editing, class_opening, classes
from app.org.services.class_editing import Wanted
from app.org.services.classes import ClassView

router = APIRouter(tags=["classes"])
Day = Annotated[dt.date, Field(strict=False)]


class ClassIn(Body):
    """A class on contract 项目制 has a number and a price in whole yuan; another one neither."""

    title: Annotated[PersonText, Field(min_length=1, max_length=80)]
    starts_on: Day
    ends_on: Day
    capacity: Annotated[int, Field(ge=0, le=100_000)]
    is_public: bool
    course_ids: Annotated[list[Id], Field(max_length=10)]
    teacher_ids: Annotated[list[Id], Field(max_length=20)]
    summary: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""
    enrol_until: Day | None = None
    contract: Annotated[str, Field(max_length=60, pattern=ONE_LINE)] = ""
    price_yuan: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None


class ReasonIn(Body):
    reason: Annotated[PersonText, Field(min_length=1, max_length=500)]


class ClosingIn(Body):
    """The reason may be empty where nothing is open."""

    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class MadeOut(Answer):
    class_id: str


class CourseOut(Answer):
    course_id: str
    title: str


class ClassOut(Answer):
    class_id: str
    title: str
    summary: str
    starts_on: dt.date
    ends_on: dt.date
    capacity: int
    is_public: bool
    enrol_until: dt.date | None
    contract: str
    price_yuan: int | None
    state: str
    state_name: str
    courses: list[CourseOut]
    enrolled: int
    waiting: int
    reason: str | None
    applied_at: dt.datetime | None
    approved_at: dt.datetime | None
    closed_at: dt.datetime | None


class ClassesOut(Answer):
    items: list[ClassOut]
    page: int
    total: int


class RollUnderWayOut(Answer):
    roll_call_id: str
    unit: str
    waiting: int


class OpenOut(Answer):
    """What is not finished, as the names of whom it is about; `uncalled` are units.

    While a roll call is `under_way` the class cannot be closed.
    """

    no_study: list[str]
    short: list[str]
    pending: list[str]
    no_exam: list[str]
    no_certificate: list[str]
    uncalled: list[str]
    under_way: list[RollUnderWayOut]


def _out(view: ClassView) -> ClassOut:
    courses = [CourseOut(course_id=course_id, title=title) for course_id, title in view.courses]
    return ClassOut.of(view.card, view, courses=courses)


def _wanted(body: ClassIn) -> Wanted:
    said = body.model_dump(exclude={"course_ids", "teacher_ids"})
    return Wanted(
        card=Card(**said), course_ids=tuple(body.course_ids), teacher_ids=tuple(body.teacher_ids)
    )


@router.get("/org/classes", responses=READING)
def list_classes(
    *,
    actor: Agent,
    db: ReadDb,
    now: Now,
    q: SearchText = "",
    state: ClassState | None = None,
    order: ClassOrder = ClassOrder.NEWEST,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> ClassesOut:
    """The classes of the caller's organisation, twenty a page."""
    found = classes.list_classes(db, actor, text=q, state=state, order=order, page=page, now=now)
    return ClassesOut(
        items=[_out(each) for each in found.items], page=found.page, total=found.total
    )


@router.post("/org/classes", status_code=status.HTTP_201_CREATED, responses=WRITING)
def create(body: ClassIn, actor: Agent, db: Db, now: Now) -> MadeOut:
    """Enter a class as a draft."""
    return MadeOut(class_id=class_editing.create(db, actor, _wanted(body), now=now))


@router.get("/org/classes/{class_id}", responses=READING)
def read(class_id: RowId, actor: Agent, db: ReadDb, now: Now) -> ClassOut:
    """One class of the caller's organisation."""
    return _out(classes.view(db, actor, class_id, now=now))


@router.put(
    "/org/classes/{class_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)  # fmt: skip
def update(
    *, class_id: RowId, body: ClassIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> None:
    """Change a class; of an approved one each change is kept and told to who approved it."""
    class_editing.update(db, parts.vault, actor, class_id, _wanted(body), now=now)


@router.post(
    "/org/classes/{class_id}/application", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def apply(class_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Put a class before the desk."""
    class_opening.apply(db, actor, class_id, now=now)


@router.delete(
    "/org/classes/{class_id}/application", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def withdraw(class_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take an application back that waits for the desk."""
    class_opening.withdraw(db, actor, class_id, now=now)


@router.post(
    "/org/classes/{class_id}/cancellation", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def cancel(class_id: RowId, body: ReasonIn, actor: Agent, db: Db, now: Now) -> None:
    """End a class before its time, with a reason that its people read."""
    class_opening.cancel(db, actor, class_id, body.reason, now=now)


@router.get("/org/classes/{class_id}/closing", responses=WRITING)
def look_before_closing(
    class_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> OpenOut:
    """What closing the class now would leave open."""
    found = class_archives.look(db, parts.vault, actor, class_id, now=now)
    return OpenOut.model_validate(found)


@router.post(
    "/org/classes/{class_id}/closing", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)  # fmt: skip
def close(
    *, class_id: RowId, body: ClosingIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> None:
    """Close a class; its archive is made by the worker."""
    class_archives.close(db, parts.vault, actor, class_id, reason=body.reason, now=now)
