"""What everybody did, for the audit administrator: events with the names of who did them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.audit import Wanted
from app.core.crypto import Vault
from app.core.listing import Asked, Piece, as_piece
from app.identity.repository import people as rows
from app.identity.services import people


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event; `actor_name` is in full for who works here and has proved a name, else empty."""

    event_id: str
    at: dt.datetime
    event: str
    actor_id: str
    actor_name: str
    subject_id: str
    facts: dict[str, Any]


def list_events(db: Session, vault: Vault, wanted: Wanted, asked: Asked) -> Piece[EventLine]:
    """Return a piece (50 each) of the events looked for, newest first where nothing else is asked.

    The people whom events are about stay numbers; of those who acted, staff have names here.
    """
    found = audit.piece_of_events(db, wanted, asked)
    actors = sorted({row.actor_id for row in found.items if row.actor_id})
    names = people.staff_names(db, vault, rows.who_was_granted(db, actors))
    lines = tuple(
        EventLine(
            row.id, row.at, row.event, row.actor_id or "", names.get(row.actor_id or "", ""),
            row.subject_id or "", row.facts,
        )
        for row in found.items
    )  # fmt: skip
    return as_piece(lines, found)
