"""What everybody did, for the audit administrator: events with the names of who did them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.audit import Wanted
from app.core.crypto import Vault
from app.identity.repository import people as rows
from app.identity.services import people

PAGE_SIZE = 50


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


def list_events(
    db: Session, vault: Vault, wanted: Wanted, *, page: int
) -> tuple[tuple[EventLine, ...], int]:
    """Return a page (50 each, from page 1) of the events looked for, newest first, and the total.

    The people whom events are about stay numbers; of those who acted, staff have names here.
    """
    found, total = audit.find_events(
        db, wanted, skip=(page - 1) * PAGE_SIZE, most=PAGE_SIZE
    )  # fmt: skip
    actors = sorted({row.actor_id for row in found if row.actor_id})
    names = people.staff_names(db, vault, rows.who_was_granted(db, actors))
    lines = tuple(
        EventLine(
            row.id, row.at, row.event, row.actor_id or "", names.get(row.actor_id or "", ""),
            row.subject_id or "", row.facts,
        )
        for row in found
    )  # fmt: skip
    return lines, total
