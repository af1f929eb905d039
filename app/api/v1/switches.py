"""The platform's switches: one system administrator stops a thing, another lets it go on."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import READING, may_raise
from app.api.v1.texts import PersonText
from app.core import flags
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotSignedInError,
)
from app.core.flags import LONGEST_REASON, Switch
from app.lobby.deps import Db, Now, PartsDep, ReadDb, SystemAdmin
from app.lobby.letters import Body
from app.oversight.services import switches

router = APIRouter(prefix="/system/switches", tags=["system"])
_WRITING = may_raise(InvalidError, NotSignedInError, ForbiddenError, ConflictError)


class TurningIn(Body):
    """Why it is turned."""

    reason: Annotated[PersonText, Field(min_length=2, max_length=LONGEST_REASON)]


class SwitchOut(Answer):
    """`by` is masked; empty, as `reason`, where it was never thrown."""

    switch: Switch
    name: str
    does: str
    is_on: bool
    changed_at: dt.datetime | None
    by: str
    reason: str


@router.get("", responses=READING)
def list_switches(_actor: SystemAdmin, db: ReadDb, parts: PartsDep) -> list[SwitchOut]:
    """Every switch: whether it is thrown, since when, by whom and why."""
    found = switches.list_switches(db, parts.vault)
    return [SwitchOut.model_validate(each) for each in found]


@router.put("/{switch}", status_code=status.HTTP_204_NO_CONTENT, responses=_WRITING)
def throw(switch: Switch, body: TurningIn, actor: SystemAdmin, db: Db, now: Now) -> None:
    """Stop a thing at once."""
    flags.throw(db, switch, reason=body.reason, now=now, actor_id=actor.account_id)


@router.post("/{switch}/clearing", status_code=status.HTTP_204_NO_CONTENT, responses=_WRITING)
def clear(switch: Switch, body: TurningIn, actor: SystemAdmin, db: Db, now: Now) -> None:
    """Let a thing go on; not by who stopped it."""
    flags.clear(db, switch, reason=body.reason, now=now, actor_id=actor.account_id)
