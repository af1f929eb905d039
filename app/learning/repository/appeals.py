"""What an appeal is about, and the sums that bound what it can give back."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import PendingPiece, StudyCut, StudySession


def get_cut(db: Session, cut_id: str) -> StudyCut | None:
    return db.get(StudyCut, cut_id)


def cuts_at(db: Session, learner_id: str, code: str, at: dt.datetime) -> list[StudyCut]:
    """Return a learner's cuts for one reason that go over this moment."""
    query = select(StudyCut).where(
        StudyCut.learner_id == learner_id, StudyCut.code == code, StudyCut.first_at <= at,
        StudyCut.last_at >= at,
    )  # fmt: skip
    return list(db.scalars(query.order_by(StudyCut.first_at, StudyCut.id)))


def cuts_of(db: Session, session_ids: Sequence[str]) -> list[StudyCut]:
    query = select(StudyCut).where(StudyCut.session_id.in_(session_ids))
    return list(db.scalars(query.order_by(StudyCut.first_at, StudyCut.id)))


def open_time_ms(db: Session, learner_id: str) -> int:
    """The server's time in all of a learner's sessions; two of them are never open together."""
    spent = func.sum(StudySession.heard_at_ms - StudySession.opened_at_ms)
    return int(db.scalar(select(spent).where(StudySession.learner_id == learner_id)) or 0)


def credited_ms(db: Session, learner_id: str) -> int:
    """All that stands to a learner: confirmed and pending."""
    confirmed = select(func.sum(LedgerEntry.ms)).where(LedgerEntry.learner_id == learner_id)
    pending = select(func.sum(PendingPiece.ms)).where(PendingPiece.learner_id == learner_id)
    return int(db.scalar(confirmed) or 0) + int(db.scalar(pending) or 0)


def credited_on_day_ms(db: Session, learner_id: str, day: dt.date, day_number: int) -> int:
    confirmed = select(func.sum(LedgerEntry.ms)).where(
        LedgerEntry.learner_id == learner_id, LedgerEntry.day == day
    )
    pending = select(func.sum(PendingPiece.ms)).where(
        PendingPiece.learner_id == learner_id, PendingPiece.day == day_number
    )
    return int(db.scalar(confirmed) or 0) + int(db.scalar(pending) or 0)
