"""An organisation's units and positions: listing, making, moving, merging and ending them."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.lobby.deps import Agent, Db, Now, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.paths import PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.services import positions, units

router = APIRouter(prefix="/org", tags=["employers"])
_Words = Annotated[str, Field(min_length=1, max_length=250, pattern=ONE_LINE)]
_Name = Annotated[str, Field(min_length=1, max_length=80, pattern=ONE_LINE)]
_MADE = status.HTTP_201_CREATED
_NOTHING = status.HTTP_204_NO_CONTENT


class UnitIn(Body):
    """`words` with all that is above the unit: `公司/车间一/班组`."""

    words: _Words


class UnitOut(Answer):
    """`people` are right in it, `people_below` in it and all below it."""

    unit_id: str
    words: str
    name: str
    level: int
    people: int
    people_below: int
    is_ended: bool


class UnitsOut(Answer):
    items: list[UnitOut]
    page: int
    total: int


class UnitMergingIn(Body):
    into: _Words


class PositionIn(Body):
    name: _Name


class PositionMergingIn(Body):
    into: _Name


class PositionOut(Answer):
    position_id: str
    name: str
    people: int
    is_ended: bool


class PositionsOut(Answer):
    items: list[PositionOut]
    page: int
    total: int


@router.get("/units", responses=READING)
def list_units(
    *,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    by_people: bool = False,
    is_ended: bool = False,
    page: PageNumber = 1,
) -> UnitsOut:
    """The tree as a list with head-counts, or the largest first."""
    found = units.list_units(db, actor, query=q, by_people=by_people, is_ended=is_ended, page=page)
    return UnitsOut.model_validate(found)


@router.post("/units", status_code=_MADE, responses=WRITING)
def make_unit(body: UnitIn, actor: Agent, db: Db, now: Now) -> UnitOut:
    """Make a unit, and what it is in where that is new."""
    return UnitOut.model_validate(units.make(db, actor, body.words, now=now))


@router.put("/units/{unit_id}", responses=WRITING)
def move_unit(unit_id: RowId, body: UnitIn, actor: Agent, db: Db, now: Now) -> UnitOut:
    """Call a unit otherwise or put it elsewhere; all below it comes along."""
    return UnitOut.model_validate(units.move(db, actor, unit_id, body.words, now=now))


@router.post("/units/{unit_id}/merging", responses=WRITING)
def merge_unit(unit_id: RowId, body: UnitMergingIn, actor: Agent, db: Db, now: Now) -> UnitOut:
    """Bring everybody of a unit, and all below it, into another one."""
    return UnitOut.model_validate(units.merge(db, actor, unit_id, body.into, now=now))


@router.delete("/units/{unit_id}", status_code=_NOTHING, responses=WRITING)
def end_unit(unit_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Let nobody come into an empty unit any more."""
    units.end(db, actor, unit_id, now=now)


@router.get("/positions", responses=READING)
def list_positions(
    *,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    by_people: bool = False,
    is_ended: bool = False,
    page: PageNumber = 1,
) -> PositionsOut:
    """The positions by name, or the largest first."""
    found = positions.list_positions(
        db, actor, query=q, by_people=by_people, is_ended=is_ended, page=page
    )
    return PositionsOut.model_validate(found)


@router.post("/positions", status_code=_MADE, responses=WRITING)
def make_position(body: PositionIn, actor: Agent, db: Db, now: Now) -> PositionOut:
    """Make a position."""
    return PositionOut.model_validate(positions.make(db, actor, body.name, now=now))


@router.put("/positions/{position_id}", responses=WRITING)
def rename_position(
    position_id: RowId, body: PositionIn, actor: Agent, db: Db, now: Now
) -> PositionOut:
    """Call a position otherwise, on everybody's line."""
    view = positions.rename(db, actor, position_id, body.name, now=now)
    return PositionOut.model_validate(view)


@router.post("/positions/{position_id}/merging", responses=WRITING)
def merge_position(
    position_id: RowId, body: PositionMergingIn, actor: Agent, db: Db, now: Now
) -> PositionOut:
    """Give everybody of a position another one."""
    view = positions.merge(db, actor, position_id, body.into, now=now)
    return PositionOut.model_validate(view)


@router.delete("/positions/{position_id}", status_code=_NOTHING, responses=WRITING)
def end_position(position_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Offer a position that nobody holds no more."""
    positions.end(db, actor, position_id, now=now)
