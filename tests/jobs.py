"""The next job that is due, as a worker takes it."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.outbox import OutboxJob


def claimed(db: Session, *, now: dt.datetime) -> OutboxJob | None:
    return next(iter(outbox.claim(db, outbox.due(db, now=now), now=now)), None)
