"""Rows of the ledger: the last one of a chain, sums, lines."""

import datetime as dt

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.learning.models.ledger import LedgerEntry

# Made once: it is asked while others wait to write.
_SUM_IN = select(func.coalesce(func.sum(LedgerEntry.ms), 0)).where(
    LedgerEntry.enrolment_id == bindparam("enrolment_id")
)


def newest(db: Session, learner_id: str) -> LedgerEntry | None:
    query = select(LedgerEntry).where(LedgerEntry.learner_id == learner_id)
    return db.scalars(query.order_by(LedgerEntry.number.desc()).limit(1)).first()


def entries_of(db: Session, learner_id: str) -> list[LedgerEntry]:
    query = select(LedgerEntry).where(LedgerEntry.learner_id == learner_id)
    return list(db.scalars(query.order_by(LedgerEntry.number)))


def entries_in(db: Session, enrolment_id: str) -> list[LedgerEntry]:
    query = select(LedgerEntry).where(LedgerEntry.enrolment_id == enrolment_id)
    return list(db.scalars(query.order_by(LedgerEntry.learner_id, LedgerEntry.number)))


def entries_on(db: Session, learner_id: str, day: dt.date) -> list[LedgerEntry]:
    """Return what the ledger holds of one local day of a learner."""
    query = select(LedgerEntry).where(LedgerEntry.learner_id == learner_id, LedgerEntry.day == day)
    return list(db.scalars(query.order_by(LedgerEntry.number)))


def sum_in(db: Session, enrolment_id: str) -> int:
    return int(db.scalar(_SUM_IN, {"enrolment_id": enrolment_id}) or 0)


def sums_by_day(
    db: Session, learner_id: str, *, first_day: dt.date, last_day: dt.date
) -> list[tuple[dt.date, str, str, int]]:
    """Return (day, enrolment, lesson, ms) of a learner's days."""
    query = (
        select(
            LedgerEntry.day,
            LedgerEntry.enrolment_id,
            LedgerEntry.lesson_id,
            func.sum(LedgerEntry.ms),
        )
        .where(LedgerEntry.learner_id == learner_id, LedgerEntry.day.between(first_day, last_day))
        .group_by(LedgerEntry.day, LedgerEntry.enrolment_id, LedgerEntry.lesson_id)
        .order_by(LedgerEntry.day, LedgerEntry.enrolment_id, LedgerEntry.lesson_id)
    )
    return [(day, enrolment, lesson, int(ms)) for day, enrolment, lesson, ms in db.execute(query)]
