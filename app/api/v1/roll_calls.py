"""Roll calls at a site: the supervisor's screen, and coming to one."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, may_raise
from app.core.errors import (
    ConflictError,
    TooManyRequestsError,
)
from app.lobby.deps import Agent, CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.paths import RowId
from app.org.services import roll_calls

router = APIRouter(tags=["roll calls"])
_WRITING = READING | may_raise(ConflictError)


class RollCallIn(Body):
    place: Annotated[str, Field(min_length=1, max_length=60, pattern=ONE_LINE)]


class OpenedOut(Answer):
    roll_call_id: str


class PresenceOut(Answer):
    presence_id: str
    name: str
    state: str
    state_name: str
    joined_at: dt.datetime


class ScreenOut(Answer):
    roll_call_id: str
    place: str
    opened_at: dt.datetime
    closes_at: dt.datetime
    is_open: bool
    code: str
    seconds_left: int
    people: list[PresenceOut]


class MarkIn(Body):
    is_present: bool


class JoinIn(Body):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]


class OwnPresenceOut(Answer):
    place: str
    state: str
    state_name: str
    closes_at: dt.datetime


@router.post("/org/roll-calls", status_code=status.HTTP_201_CREATED, responses=_WRITING)
def open_roll_call(body: RollCallIn, actor: Agent, db: Db, now: Now) -> OpenedOut:
    """Begin a roll call in a place; it ends by itself after four hours."""
    return OpenedOut(roll_call_id=roll_calls.open_one(db, actor, place=body.place, now=now))


@router.get("/org/roll-calls/{roll_call_id}", responses=READING)
def show_screen(
    roll_call_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> ScreenOut:
    """The code of the moment, and who has come."""
    found = roll_calls.screen(db, parts.vault, parts.keys, actor, roll_call_id, now=now)
    return ScreenOut.model_validate(found)


@router.put(
    "/org/roll-calls/{roll_call_id}/presences/{presence_id}",
    status_code=status.HTTP_204_NO_CONTENT, responses=_WRITING,
)  # fmt: skip
def mark(
    roll_call_id: RowId, presence_id: RowId, body: MarkIn, actor: Agent, db: Db, now: Now
) -> None:
    """Say that somebody is there, or is not (any more)."""
    roll_calls.mark(db, actor, roll_call_id, presence_id, is_present=body.is_present, now=now)


@router.post(
    "/org/roll-calls/{roll_call_id}/closing", status_code=status.HTTP_204_NO_CONTENT,
    responses=_WRITING,
)  # fmt: skip
def close(roll_call_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """End a roll call; ended, it stays ended."""
    roll_calls.close(db, actor, roll_call_id, now=now)


@router.post(
    "/me/roll-calls", responses=READING | may_raise(TooManyRequestsError)
)  # fmt: skip
def join(body: JoinIn, actor: CurrentActor, parts: PartsDep, now: Now) -> OwnPresenceOut:
    """Come to the roll call whose code is on the screen; the supervisor then says who is there."""
    parts.limiter.take("roll.join", actor.learner_id, limit=20, window_s=600, now=now)
    with parts.database.transaction() as db:
        found = roll_calls.join(db, parts.keys, actor, code=body.code, now=now)
    return OwnPresenceOut.model_validate(found)
