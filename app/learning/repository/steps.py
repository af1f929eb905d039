"""How far many enrolments have come, asked together: a few queries, however many there are."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import PendingPiece, StudyCut, StudySession

RoundRow = Row[str, str, int, int, dt.datetime, dt.datetime | None, str]


def whose(db: Session, enrolment_ids: Collection[str]) -> set[tuple[str, str]]:
    """Tell the learners and the courses of enrolments."""
    query = select(Enrolment.learner_id, Enrolment.course_id).where(Enrolment.id.in_(enrolment_ids))
    return {(learner_id, course_id) for learner_id, course_id in db.execute(query)}


def every_round(db: Session, enrolment_ids: Sequence[str]) -> list[RoundRow]:
    """Of each enrolment every round of its learner in its course, the newest last."""
    each = aliased(Enrolment)
    query = (
        select(
            Enrolment.id, each.id, each.round, each.required_ms, each.started_at,
            each.completed_at, each.learner_id,
        )
        .join(
            each,
            (each.learner_id == Enrolment.learner_id) & (each.course_id == Enrolment.course_id),
        )
        .where(Enrolment.id.in_(enrolment_ids))
        .order_by(Enrolment.id, each.round)
    )  # fmt: skip
    return list(db.execute(query))


def confirmed_ms(db: Session, enrolment_ids: Sequence[str]) -> dict[str, int]:
    query = (
        select(LedgerEntry.enrolment_id, func.sum(LedgerEntry.ms))
        .where(LedgerEntry.enrolment_id.in_(enrolment_ids))
        .group_by(LedgerEntry.enrolment_id)
    )
    return {enrolment_id: int(ms) for enrolment_id, ms in db.execute(query)}


def pending_ms(db: Session, enrolment_ids: Sequence[str]) -> dict[str, int]:
    """What waits for a check; those of which nothing waits are missing."""
    query = (
        select(PendingPiece.enrolment_id, func.sum(PendingPiece.ms))
        .where(PendingPiece.enrolment_id.in_(enrolment_ids))
        .group_by(PendingPiece.enrolment_id)
    )
    return {enrolment_id: int(ms) for enrolment_id, ms in db.execute(query)}


def passed(db: Session, enrolment_ids: Sequence[str]) -> set[str]:
    """Those whose exam was passed in any attempt."""
    query = select(ExamAttempt.enrolment_id).where(
        ExamAttempt.enrolment_id.in_(enrolment_ids), ExamAttempt.passed.is_(True)
    )
    return set(db.scalars(query))


def heard_ms(db: Session, enrolment_ids: Sequence[str]) -> dict[str, int]:
    """When any session of each was last heard of; those without a session are missing."""
    query = (
        select(StudySession.enrolment_id, func.max(StudySession.heard_at_ms))
        .where(StudySession.enrolment_id.in_(enrolment_ids))
        .group_by(StudySession.enrolment_id)
    )
    return {enrolment_id: int(ms) for enrolment_id, ms in db.execute(query)}


def days_of(db: Session, enrolment_id: str) -> list[tuple[dt.date, int]]:
    """What the ledger holds of an enrolment on each local day, the newest first."""
    query = (
        select(LedgerEntry.day, func.sum(LedgerEntry.ms))
        .where(LedgerEntry.enrolment_id == enrolment_id)
        .group_by(LedgerEntry.day)
        .order_by(LedgerEntry.day.desc())
    )
    return [(day, int(ms)) for day, ms in db.execute(query)]


def cuts_of(db: Session, learner_id: str, enrolment_id: str) -> list[tuple[dt.date, str, int, int]]:
    """What was not counted: day, code, how much, and what of it an appeal gave back."""
    query = (
        select(StudyCut.day, StudyCut.code, func.sum(StudyCut.ms), func.sum(StudyCut.granted_ms))
        .where(StudyCut.learner_id == learner_id, StudyCut.enrolment_id == enrolment_id)
        .group_by(StudyCut.day, StudyCut.code)
        .order_by(StudyCut.day.desc(), StudyCut.code)
    )
    return [(day, code, int(ms), int(back)) for day, code, ms, back in db.execute(query)]
