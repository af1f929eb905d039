"""Rows of question banks, attempts and answers."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.learning.models.exams import ExamAnswer, ExamAttempt, ExamBank, ExamItem, ExamMark

_UNDECIDED = ("marking", "held")
"""Handed in, and worth nothing yet: nobody is to read that as a failure."""
# Made once: building a statement takes longer than running it, and a certificate is handed out
# while others wait to write.
_BEST = (
    select(ExamAttempt)
    .where(ExamAttempt.enrolment_id == bindparam("enrolment_id"), ExamAttempt.state == "graded")
    .order_by(ExamAttempt.score.desc(), ExamAttempt.number)
    .limit(1)
)


def items(db: Session, item_ids: Sequence[str]) -> dict[str, ExamItem]:
    query = select(ExamItem).where(ExamItem.id.in_(item_ids))
    return {row.id: row for row in db.scalars(query)}


def attempt(db: Session, attempt_id: str) -> ExamAttempt | None:
    return db.get(ExamAttempt, attempt_id)


def attempt_to_change(db: Session, attempt_id: str) -> ExamAttempt | None:
    """Return an attempt, locked until the transaction ends."""
    return db.get(ExamAttempt, attempt_id, with_for_update=True, populate_existing=True)


def attempts(db: Session, enrolment_id: str) -> list[ExamAttempt]:
    query = select(ExamAttempt).where(ExamAttempt.enrolment_id == enrolment_id)
    return list(db.scalars(query.order_by(ExamAttempt.number)))


def best(db: Session, enrolment_id: str) -> ExamAttempt | None:
    """Return the attempt with the highest score that stands, the earliest of equals."""
    return db.scalars(_BEST, {"enrolment_id": enrolment_id}).first()


def failed_in(db: Session, enrolment_ids: Sequence[str]) -> set[str]:
    """Of these enrolments those whose attempts all failed; one that is not decided yet is none."""
    query = (
        select(ExamAttempt.enrolment_id)
        .where(ExamAttempt.enrolment_id.in_(enrolment_ids))
        .group_by(ExamAttempt.enrolment_id)
        .having(
            func.max(case((ExamAttempt.state.in_(_UNDECIDED), 1), else_=0)) == 0,
            func.max(case((ExamAttempt.passed.is_(True), 1), else_=0)) == 0,
            func.max(case((ExamAttempt.passed.is_(False), 1), else_=0)) == 1,
        )
    )
    return set(db.scalars(query))


def overdue(db: Session, now: dt.datetime, most: int) -> list[str]:
    query = select(ExamAttempt.id).where(ExamAttempt.state == "open", ExamAttempt.closes_at < now)
    return list(db.scalars(query.order_by(ExamAttempt.closes_at).limit(most)))


def answers(db: Session, attempt_id: str) -> list[ExamAnswer]:
    query = select(ExamAnswer).where(ExamAnswer.attempt_id == attempt_id)
    return list(db.scalars(query.order_by(ExamAnswer.number)))


def newest_answer_number(db: Session, attempt_id: str) -> int:
    query = select(func.max(ExamAnswer.number)).where(ExamAnswer.attempt_id == attempt_id)
    return db.scalar(query) or 0


def marks(db: Session, attempt_id: str) -> dict[str, list[ExamMark]]:
    """Return what people gave for each question of a paper, in their order."""
    query = select(ExamMark).where(ExamMark.attempt_id == attempt_id)
    found: dict[str, list[ExamMark]] = {}
    for row in db.scalars(query.order_by(ExamMark.place)):
        found.setdefault(row.item_id, []).append(row)
    return found


def owners_of(db: Session, item_ids: Collection[str]) -> set[str]:
    """The institutions whose banks questions stand in; the platform's own have none."""
    query = select(ExamBank.owner_id).join(ExamItem, ExamItem.bank_id == ExamBank.id)
    found = db.scalars(query.where(ExamItem.id.in_(item_ids)).distinct())
    return {owner_id for owner_id in found if owner_id is not None}
