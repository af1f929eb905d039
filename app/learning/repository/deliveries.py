"""What was sent of lessons: rows taken for a whole group of notes at once."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.learning.models.study import MediaDelivery

Key = tuple[str, str, str]
"""Learner, enrolment, lesson."""

_NAMES = ("learner_id", "enrolment_id", "lesson_id")
_KEY = tuple_(*(getattr(MediaDelivery, name) for name in _NAMES))


def take(db: Session, keys: Collection[Key], now: dt.datetime) -> dict[Key, MediaDelivery]:
    """Take the rows for this transaction, those that are not there yet made first.

    Whoever takes some of the same meanwhile waits, and then sees what was written here. All are
    made, then taken, in one order: two groups never wait for each other.
    """
    ordered = sorted(keys)
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    empty = {"byte_ranges": b"", "positions": b"", "sent_at": now}
    rows = [dict(zip(_NAMES, key, strict=True)) | empty for key in ordered]
    db.execute(insert(MediaDelivery).values(rows).on_conflict_do_nothing())
    query = select(MediaDelivery).where(_KEY.in_(ordered)).order_by(*_KEY.clauses)
    found = db.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {(row.learner_id, row.enrolment_id, row.lesson_id): row for row in found}
