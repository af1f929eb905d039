"""What was sent: for the organisation on whose behalf it was, and for whom it reached."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.models.outgoing import OutgoingMessage
from app.identity.repository import outgoing as rows
from app.identity.rules.outgoing import STOP_NAMES, MessageState, Stop, Way

_PIECE = 500
_MOST_OWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One message. `person_id` is None where it went to a group; `detail` is in words."""

    person_id: str | None
    org_id: str
    way: Way
    reason: str
    state: MessageState
    detail: str
    courses: tuple[str, ...]
    asked_by: str | None
    created_at: dt.datetime
    send_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the log is wanted; empty means any. `oldest_first` turns the order round."""

    way: str = ""
    state: str = ""
    oldest_first: bool = False
    person_ids: Sequence[str] | None = None


def _line(row: OutgoingMessage) -> LogLine:
    return LogLine(
        person_id=row.person_id, org_id=row.org_id, way=Way(row.way), reason=row.reason,
        state=MessageState(row.state), detail=in_words(row.detail),
        courses=tuple(str(line) for line in row.facts.get("lines", ())), asked_by=row.asked_by,
        created_at=row.created_at, send_at=row.send_at, finished_at=row.finished_at,
    )  # fmt: skip


def in_words(detail: str) -> str:
    """Our own reasons as sentences; what a server answered as its code."""
    return STOP_NAMES[Stop(detail)] if detail in set(Stop) else detail


def of_organisation(
    db: Session, org_id: str, wanted: Sought, *, offset: int, limit: int
) -> tuple[list[LogLine], int]:
    """One page of what was sent on an organisation's behalf, and how many there are."""
    found, total = rows.of_organisation(
        db, org_id, way=wanted.way, state=wanted.state, person_ids=wanted.person_ids,
        oldest_first=wanted.oldest_first, offset=offset, limit=limit,
    )  # fmt: skip
    return [_line(row) for row in found], total


def pieces(db: Session, org_id: str) -> Iterator[list[LogLine]]:
    """All of it, the oldest first, a piece in memory at a time."""
    after = ""
    while found := rows.after(db, org_id, after, _PIECE):
        yield [_line(row) for row in found]
        after = found[-1].id


def of_person(db: Session, person_id: str) -> list[LogLine]:
    """What was sent to a person, the newest first."""
    return [_line(row) for row in rows.of_person(db, person_id, _MOST_OWN)]
