"""Work to be done after a transaction, written down inside it, so that no crash can lose it."""

import datetime as dt
import logging
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, Text, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime
from app.core.ids import new_id

_LEASE = dt.timedelta(minutes=5)
_MOST_TRIES = 12
_log = logging.getLogger("shixue.outbox")


class OutboxJob(Base):
    """One job: waiting, leased by a worker until `leased_until`, done, or given up."""

    __tablename__ = "outbox_job"
    __table_args__ = (Index(None, "state", "run_at", "id"), Index(None, "key", "state"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    key: Mapped[str | None] = mapped_column(String(120))
    args: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(10))
    run_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


def enqueue(
    db: Session,
    job: str,
    *,
    now: dt.datetime,
    key: str | None = None,
    run_at: dt.datetime | None = None,
    **args: Any,  # noqa: ANN401 -- JSON members
) -> str:
    """Write a job down in the caller's transaction; the same key still waiting is the same job."""
    if key is not None:
        waiting = select(OutboxJob.id).where(OutboxJob.key == key, OutboxJob.state == "waiting")
        if (found := db.scalars(waiting.limit(1)).first()) is not None:
            return found
    row = OutboxJob(
        id=new_id(now), job=job, key=key, args=args, state="waiting", run_at=run_at or now,
        created_at=now, tries=0,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def claim(
    db: Session, *, now: dt.datetime, jobs: Collection[str] | None = None
) -> OutboxJob | None:
    """Take the next job that is due, leased for five minutes: at least once, handlers repeat.

    `jobs` names the kinds to choose from; None takes any.

    On PostgreSQL several workers skip each other's rows; on SQLite the write lock does that.
    A job whose process ended each time is given up like one that failed each time.
    """
    while (row := _next_due(db, now, jobs)) is not None:
        if row.tries < _MOST_TRIES:
            row.state = "leased"
            row.leased_until = now + _LEASE
            row.tries += 1
            return row
        row.state, row.last_error = "given_up", "its process ended each time"
        db.flush()
        _log.error("a job ends its process", extra={"job": row.job, "job_id": row.id})
    return None


def is_due(db: Session, *, now: dt.datetime, jobs: Collection[str] | None = None) -> bool:
    """Look whether `claim` may find a job, without anybody's turn to write."""
    return any(db.scalars(query).first() for query in _due(OutboxJob.id, now, jobs))


def _next_due(db: Session, now: dt.datetime, jobs: Collection[str] | None) -> OutboxJob | None:
    found = (
        db.scalars(query.with_for_update(skip_locked=True)).first()
        for query in _due(OutboxJob, now, jobs)
    )
    return next((row for row in found if row is not None), None)


def _due(
    wanted: type[OutboxJob] | InstrumentedAttribute[str],
    now: dt.datetime,
    jobs: Collection[str] | None,
) -> Iterator[Select[Any]]:
    """First what a process left when it ended, then what waits, the oldest first.

    Two questions and not one: each is answered from the index, where both together would sort
    all that is due, ten thousand jobs on the evening on which a great class ends.
    """
    for is_due in (
        (OutboxJob.state == "leased") & (OutboxJob.leased_until < now),
        (OutboxJob.state == "waiting") & (OutboxJob.run_at <= now),
    ):
        query = select(wanted).where(is_due).order_by(OutboxJob.run_at, OutboxJob.id).limit(1)
        yield query if jobs is None else query.where(OutboxJob.job.in_(jobs))


def extend(db: Session, key: str, *, now: dt.datetime) -> None:
    """Lengthen the lease of the job in hand under this key: it takes longer than most."""
    db.execute(
        update(OutboxJob)
        .where(OutboxJob.key == key, OutboxJob.state == "leased")
        .values(leased_until=now + _LEASE)
    )


def done(db: Session, job_id: str, *, now: dt.datetime) -> None:
    """Close a finished job."""
    db.execute(
        update(OutboxJob).where(OutboxJob.id == job_id).values(state="done", finished_at=now)
    )


def failed(db: Session, job: OutboxJob, *, error: str, now: dt.datetime) -> bool:
    """Put a failed job back with growing pauses; tell False when it is given up for a person."""
    again = job.tries < _MOST_TRIES
    pause = dt.timedelta(seconds=min(2**job.tries, 3600))
    db.execute(
        update(OutboxJob)
        .where(OutboxJob.id == job.id)
        .values(
            state="waiting" if again else "given_up", run_at=now + pause, last_error=error[:2000]
        )
    )
    return again


def drop(db: Session, job: str, *, now: dt.datetime) -> None:
    """Give up all jobs of a kind that are waiting."""
    db.execute(
        update(OutboxJob)
        .where(OutboxJob.job == job, OutboxJob.state == "waiting")
        .values(state="given_up", finished_at=now)
    )


def finished(before: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Which jobs were done before a moment; what was given up waits for a person."""
    return OutboxJob.state == "done", OutboxJob.run_at < before, OutboxJob.finished_at < before


def waiting_count(db: Session) -> int:
    """Count the jobs that are not finished."""
    query = select(OutboxJob.id).where(OutboxJob.state.in_(("waiting", "leased")))
    return len(db.scalars(query).all())
