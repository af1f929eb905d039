"""The plan of a class: its units of teaching, and the roll called for one."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.api.v1.classes import Day
from app.api.v1.texts import PersonText
from app.lobby.deps import Agent, Db, Now, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.paths import RowId
from app.org.rules import class_units
from app.org.rules.class_units import Unit
from app.org.rules.classes import ClassFlawError
from app.org.services import class_plan
from app.org.services.class_plan import UnitView
from app.org.services.classes import flawed

router = APIRouter(tags=["classes"])


class UnitIn(Body):
    """Day and time are Shanghai's, `starts` as 09:30; without a place it is on line."""

    day: Day
    starts: Annotated[str, Field(min_length=1, max_length=10)]
    minutes: Annotated[int, Field(ge=0, le=10_000)]
    topic: Annotated[PersonText, Field(min_length=1, max_length=80)]
    place: Annotated[str, Field(max_length=40, pattern=ONE_LINE)] = ""


class UnitMadeOut(Answer):
    unit_id: str


class UnitOut(Answer):
    unit_id: str
    number: int
    day: dt.date
    starts: str
    ends: str
    minutes: int
    topic: str
    place: str
    came: int | None


class RollCallOut(Answer):
    roll_call_id: str


def _unit(body: UnitIn) -> Unit:
    try:
        starts_at = class_units.read_clock(body.starts)
    except ClassFlawError as flaw:
        raise flawed(flaw) from None
    return Unit(
        day=body.day, starts_at=starts_at, minutes=body.minutes, topic=body.topic, place=body.place
    )


def units_out(found: tuple[UnitView, ...]) -> list[UnitOut]:
    return [UnitOut.model_validate(each) for each in found]


@router.get("/org/classes/{class_id}/units", responses=READING)
def list_units(class_id: RowId, actor: Agent, db: ReadDb) -> list[UnitOut]:
    """The plan of a class, in the order of time."""
    return units_out(class_plan.own_plan(db, actor, class_id))


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
