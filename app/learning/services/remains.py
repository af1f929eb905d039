"""Reads what remains of evidence that was let go: the log's event about its session."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.core import audit
from app.learning.rules.remains import Remains, read_remains

LET_GO: Final = "study.evidence_let_go"


@dataclass(frozen=True, slots=True)
class LetGo:
    """When it was let go, and what remains of it."""

    event_id: str
    record: bytes
    at: dt.datetime
    remains: Remains


def let_go_of(db: Session, session_id: str) -> LetGo | None:
    """None where the evidence of a session was not let go.

    Raises ValueError where the event cannot be read, or is not the only one.
    """
    found = audit.events_about(db, LET_GO, session_id)
    if not found:
        return None
    if len(found) > 1:
        message = f"was let go {len(found)} times"
        raise ValueError(message)
    try:
        return LetGo(
            found[0].id, audit.record_bytes(found[0]), found[0].at, read_remains(found[0].facts)
        )
    except (KeyError, TypeError) as error:
        message = f"does not say what remains ({error!r})"
        raise ValueError(message) from error
