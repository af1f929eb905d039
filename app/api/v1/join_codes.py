"""Codes with which people join an organisation: an employer makes them, a person joins with one."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.lists import ListOut
from app.api.problems import READING, WRITING, may_raise
from app.core.errors import (
    TooManyRequestsError,
)
from app.lobby import limits
from app.lobby.deps import (
    Agent,
    CallerAddress,
    CurrentActor,
    Db,
    Now,
    PartsDep,
    ReadDb,
)
from app.lobby.letters import ONE_LINE, Body
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.rules.join_codes import MOST_DAYS, MOST_USES
from app.org.services import join_codes

router = APIRouter(tags=["rosters"])


class CodeIn(Body):
    """An empty unit is the whole organisation."""

    unit: Annotated[str, Field(max_length=200, pattern=ONE_LINE)] = ""
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    most_uses: Annotated[int, Field(ge=1, le=MOST_USES)]


class CodeOut(Answer):
    code_id: str
    code: str
    unit: str
    uses: int
    most_uses: int
    is_good: bool
    state_name: str
    made_at: dt.datetime
    ends_at: dt.datetime


class CodesOut(ListOut):
    items: list[CodeOut]


class JoiningIn(Body):
    """`shows_all_courses`: the employer may see courses, too, that it did not assign."""

    code: Annotated[str, Field(min_length=1, max_length=30)]
    shows_all_courses: bool = False


class JoinedOut(Answer):
    org_id: str
    employer: str
    unit: str


@router.get("/org/join-codes", responses=READING)
def list_codes(
    *, actor: Agent, db: ReadDb, parts: PartsDep, now: Now, asked: AskedList,
    q: SearchText = "",
) -> CodesOut:  # fmt: skip
    """The organisation's codes, the newest first; `sort` is made, ends, unit or uses."""
    found = join_codes.list_codes(db, parts.vault, actor, asked, query=q, now=now)
    return CodesOut.model_validate(found)


@router.post("/org/join-codes", status_code=status.HTTP_201_CREATED, responses=WRITING)
def make(body: CodeIn, actor: Agent, db: Db, parts: PartsDep, now: Now) -> CodeOut:
    """Draw a code for the organisation or one of its units."""
    view = join_codes.make(
        db, parts.vault, actor, unit=body.unit, days=body.days, most_uses=body.most_uses, now=now
    )
    return CodeOut.model_validate(view)


@router.delete(
    "/org/join-codes/{code_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)  # fmt: skip
def revoke(code_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Let nobody join with a code any more."""
    join_codes.revoke(db, actor, code_id, now=now)


@router.post("/me/joinings", responses=WRITING | may_raise(TooManyRequestsError))
def join(
    *,
    body: JoiningIn,
    actor: CurrentActor,
    parts: PartsDep,
    address: CallerAddress,
    now: Now,
) -> JoinedOut:
    """Join an organisation with its code; it gets the caller's proven name and number."""
    limits.before_join_code(parts, actor=actor, address=address, now=now)
    with parts.database.transaction() as db:
        found = join_codes.join(
            db, parts.vault, actor, body.code, shows_all=body.shows_all_courses, now=now
        )
    return JoinedOut.model_validate(found)
