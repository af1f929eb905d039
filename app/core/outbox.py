"""Work to be done after a transaction, written down inside it, so that no crash can lose it."""

import datetime as dt
import logging
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Index, String, Text, bindparam, case, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

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


# Made once: building a statement takes longer than running it, and others wait to write meanwhile.
_WAITING: Final = (
    select(OutboxJob.id)
    .where(OutboxJob.key == bindparam("key"), OutboxJob.state == "waiting")
    .limit(1)
)
_NOW: Final = bindparam("now", type_=UtcDateTime())
_AMONG: Final = OutboxJob.id.in_(bindparam("ids", expanding=True))
_DUE: Final = (
    (OutboxJob.state == "leased") & (OutboxJob.leased_until < _NOW),
    (OutboxJob.state == "waiting") & (OutboxJob.run_at <= _NOW),
)
# In one expression that no index answers: SQLite would go through all that waits, not the few.
_IS_STILL_DUE: Final = case(
    (OutboxJob.state == "leased", OutboxJob.leased_until < _NOW),
    (OutboxJob.state == "waiting", OutboxJob.run_at <= _NOW),
    else_=false(),
)
_TAKE: Final = (
    update(OutboxJob)
    .where(
        OutboxJob.id.in_(
            select(OutboxJob.id).where(_AMONG, _IS_STILL_DUE).with_for_update(skip_locked=True)
        )
    )
    .values(
        state="leased", leased_until=bindparam("until", type_=UtcDateTime()),
        tries=OutboxJob.tries + 1,
    )
    .returning(OutboxJob)
    .execution_options(synchronize_session=False, populate_existing=True)
)  # fmt: skip
_CLOSE: Final = (
    update(OutboxJob)
    .where(_AMONG)
    .values(state="done", finished_at=_NOW)
    .execution_options(synchronize_session=False)
)


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
    if key is not None and (found := db.scalars(_WAITING, {"key": key}).first()) is not None:
        return found
    row = OutboxJob(
        id=new_id(now), job=job, key=key, args=args, state="waiting", run_at=run_at or now,
        created_at=now, tries=0,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def due(
    db: Session, *, now: dt.datetime, jobs: Collection[str] | None = None, most: int = 1
) -> list[str]:
    """Look which jobs `claim` may take, at most so many, without anybody's turn to write.

    `jobs` names the kinds to choose from; None takes any. First what a process left when it ended,
    then what waits, the oldest first.

    Two questions and not one: each is answered from the index, where both together would sort
    all that is due, ten thousand jobs on the evening on which a great class ends.
    """
    found: list[str] = []
    for is_due in _DUE:
        query = select(OutboxJob.id).where(is_due).order_by(OutboxJob.run_at, OutboxJob.id)
        if jobs is not None:
            query = query.where(OutboxJob.job.in_(jobs))
        if len(found) < most:
            found += db.scalars(query.limit(most - len(found)), {"now": now})
    return found


def claim(db: Session, ids: Collection[str], *, now: dt.datetime) -> list[OutboxJob]:
    """Take jobs that were due, leased for five minutes: at least once, handlers repeat.

    Those that another worker has taken meanwhile, or takes at this moment, are left out. One
    statement, for who studies waits meanwhile. A job whose process ended each time is given up
    like one that failed each time.
    """
    taken = db.scalars(_TAKE, {"ids": list(ids), "now": now, "until": now + _LEASE}).all()
    for row in taken:
        if row.tries > _MOST_TRIES:
            row.state, row.last_error = "given_up", "its process ended each time"
            _log.error("a job ends its process", extra={"job": row.job, "job_id": row.id})
    return sorted(
        (row for row in taken if row.state == "leased"), key=lambda row: (row.run_at, row.id)
    )


def extend(db: Session, key: str, *, now: dt.datetime) -> None:
    """Lengthen the lease of the job in hand under this key: it takes longer than most."""
    db.execute(
        update(OutboxJob)
        .where(OutboxJob.key == key, OutboxJob.state == "leased")
        .values(leased_until=now + _LEASE)
    )


def done(db: Session, ids: Collection[str], *, now: dt.datetime) -> None:
    """Close finished jobs."""
    db.execute(_CLOSE, {"ids": list(ids), "now": now})


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
