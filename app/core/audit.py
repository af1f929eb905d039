"""Who did what: an append-only record of staff and security events, without personal data."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Index, Row, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import translog
from app.core.db import Base, Id, JsonColumn, UtcDateTime
from app.core.ids import new_id
from app.core.listing import Asked, Order, Piece, piece_of
from app.core.log_audit import AT_ONCE, DifferenceError, refuse_extra
from app.core.log_records import Look, beside_log, entered


class AuditEvent(Base):
    """One event; rows are only ever added (a trigger refuses the rest)."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(None, "subject_id", "at"),
        Index(None, "event", "at"),
        Index(None, "actor_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[str | None] = mapped_column(Id)
    subject_id: Mapped[str | None] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)


def record(
    db: Session,
    event: str,
    *,
    now: dt.datetime,
    actor_id: str | None,
    subject_id: str | None = None,
    **facts: Any,  # noqa: ANN401 -- JSON members
) -> None:
    """Write down that `actor_id` did `event` to `subject_id`; facts hold no personal data."""
    row = AuditEvent(
        id=new_id(now), at=now, event=event, actor_id=actor_id, subject_id=subject_id, facts=facts
    )  # fmt: skip
    db.add(row)
    translog.enter(db, translog.Kind.AUDIT_EVENT, row.id, record_bytes(row))


def record_bytes(row: AuditEvent | Row[Any]) -> bytes:
    """The event's canonical bytes, all of its columns: what the log commits to."""
    plain = {
        "id": row.id, "at": row.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "event": row.event, "actor_id": row.actor_id, "subject_id": row.subject_id,
        "facts": row.facts,
    }  # fmt: skip
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def check_events(db: Session, look: Look) -> int:
    """Compare every event with what the log holds of it; returns how many there are.

    `look` is shown each of them. Raises DifferenceError.
    """
    kind, counted = translog.Kind.AUDIT_EVENT, {True: 0, False: 0}
    columns = (
        AuditEvent.id, AuditEvent.at, AuditEvent.event, AuditEvent.actor_id,
        AuditEvent.subject_id, AuditEvent.facts,
    )  # fmt: skip
    query = beside_log(kind, *columns[:1], *columns).order_by(AuditEvent.id)
    with db.connection().execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        for row in rows:
            found, record = entered(kind, row), record_bytes(row)
            if not found.fits(record):
                raise DifferenceError(
                    "audit_event", row.id,
                    "one of these was altered: the event is not what was entered into the log",
                    field="event, actor_id, subject_id, at, facts or log salt",
                    positions=found.positions,
                )  # fmt: skip
            look(found, record)
            counted[found.position is not None] += 1
    refuse_extra(db, kind, AuditEvent.id, placed=counted[True], waiting=counted[False])
    return counted[True] + counted[False]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events somebody looks for; what is None or empty says nothing.

    `event` is the beginning of a name; days are half open: since <= at < until.
    """

    event: str = ""
    actor_id: str = ""
    subject_id: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


# Ids stand in the order of their moments, and are the one index that holds every event.
ORDER = Order(keys={"at": AuditEvent.id}, last=AuditEvent.id, own="-at", size=50)


def piece_of_events(db: Session, wanted: Wanted, asked: Asked) -> Piece[AuditEvent]:
    """A piece of the events that somebody looks for. Raises InvalidError for /sort and /at."""
    return piece_of(db, select(AuditEvent).where(*_conditions(wanted)), ORDER, asked)


def find_events(
    db: Session, wanted: Wanted, *, skip: int, most: int
) -> tuple[list[AuditEvent], int]:
    """Return the events that somebody looks for, the newest first, and how many there are."""
    conditions = _conditions(wanted)
    query = select(AuditEvent).where(*conditions).order_by(AuditEvent.id.desc())
    total = db.scalar(select(func.count(AuditEvent.id)).where(*conditions)) or 0
    return list(db.scalars(query.offset(skip).limit(most))), total


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    among = [
        AuditEvent.event.startswith(wanted.event, autoescape=True) if wanted.event else None,
        AuditEvent.actor_id == wanted.actor_id if wanted.actor_id else None,
        AuditEvent.subject_id == wanted.subject_id if wanted.subject_id else None,
        AuditEvent.at >= wanted.since if wanted.since else None,
        AuditEvent.at < wanted.until if wanted.until else None,
    ]
    return [each for each in among if each is not None]


def events_about(db: Session, event: str, subject_id: str) -> list[AuditEvent]:
    """Every event of this name about a subject, the oldest first."""
    query = select(AuditEvent).where(
        AuditEvent.event == event, AuditEvent.subject_id == subject_id
    )  # fmt: skip
    return list(db.scalars(query.order_by(AuditEvent.id)))


def events_named(db: Session, event: str) -> list[AuditEvent]:
    """Every event of this name, the oldest first."""
    query = select(AuditEvent).where(AuditEvent.event == event)
    return list(db.scalars(query.order_by(AuditEvent.id)))
