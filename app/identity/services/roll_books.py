"""Who was there: what roll calls show once they are looked back at."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.identity.repository import roll_calls as rows


def present_in(db: Session, roll_call_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Of whom the supervisor said that they are there, by roll call; nobody has no entry."""
    found: dict[str, frozenset[str]] = {}
    for roll_call_id, person_id in rows.seen_in(db, roll_call_ids):
        found[roll_call_id] = found.get(roll_call_id, frozenset()) | {person_id}
    return found


def waiting_in(db: Session, roll_call_ids: Sequence[str], *, now: dt.datetime) -> dict[str, int]:
    """How many came and were not marked, by roll call, of those that are open now."""
    held = [row.id for row in rows.open_among(db, roll_call_ids, now)]
    return dict.fromkeys(held, 0) | dict(rows.count_waiting(db, held))
