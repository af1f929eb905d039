"""The audit administrator reads what everybody did, and does nothing else."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from app.api.lists import ListOut, way_on
from app.api.problems import may_raise
from app.core.audit import Wanted
from app.core.errors import ForbiddenError, InvalidError, NotSignedInError
from app.identity.services import audit_trail
from app.lobby.days import DAY_OR_NONE, beginning_of
from app.lobby.deps import AuditAdmin, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.paths import RowQuery
from app.lobby.sought import SearchText

router = APIRouter(prefix="/audit", tags=["audit"])
Day = Annotated[str, Query(pattern=DAY_OR_NONE)]


class EventOut(BaseModel):
    event_id: str
    at: dt.datetime
    event: str
    actor_id: str
    actor_name: str
    subject_id: str
    facts: dict[str, Any]


class EventsOut(ListOut):
    events: list[EventOut]


@router.get("/events", responses=may_raise(InvalidError, NotSignedInError, ForbiddenError))
def list_events(
    *,
    _actor: AuditAdmin,
    db: ReadDb,
    parts: PartsDep,
    asked: AskedList,
    event: SearchText = "",
    actor: RowQuery | None = None,
    subject: SearchText = "",
    since: Day = "",
    until: Day = "",
) -> EventsOut:
    """Events, the newest first; `event` is the beginning of a name, days are Shanghai's."""
    wanted = Wanted(
        event=event, actor_id=actor or "", subject_id=subject,
        since=beginning_of(since, "/query/since"),
        until=beginning_of(until, "/query/until", after=1),
    )  # fmt: skip
    found = audit_trail.list_events(db, parts.vault, wanted, asked)
    return EventsOut(
        **way_on(found),
        events=[
            EventOut(
                event_id=line.event_id, at=line.at, event=line.event, actor_id=line.actor_id,
                actor_name=line.actor_name, subject_id=line.subject_id, facts=line.facts,
            )
            for line in found.items
        ],
    )  # fmt: skip
