"""Rows of the book of wrong answers."""

from collections.abc import Collection

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from app.learning.models.exam_tries import ExamTry
from app.learning.models.exams import ExamAnswer, ExamAttempt, ExamItem


def attempts_of(db: Session, learner_id: str) -> list[ExamAttempt]:
    query = select(ExamAttempt).where(ExamAttempt.learner_id == learner_id)
    return list(db.scalars(query.order_by(ExamAttempt.started_at, ExamAttempt.id)))


def answers_of(db: Session, attempt_ids: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """The newest answer by paper and question."""
    query = select(ExamAnswer).where(ExamAnswer.attempt_id.in_(attempt_ids))
    found = db.scalars(query.order_by(ExamAnswer.number))
    return {(row.attempt_id, row.item_id): row.choices for row in found}


def in_use(db: Session, codes: Collection[tuple[str, str]]) -> dict[tuple[str, str], ExamItem]:
    """The version that is in use of each bank's code; a code that is given up has none."""
    query = select(ExamItem).where(
        tuple_(ExamItem.bank_id, ExamItem.code).in_(list(codes)), ExamItem.is_active.is_(True)
    )
    return {(row.bank_id, row.code): row for row in db.scalars(query)}


def tries(db: Session, learner_id: str, item_ids: Collection[str]) -> dict[str, list[ExamTry]]:
    query = select(ExamTry).where(ExamTry.learner_id == learner_id, ExamTry.item_id.in_(item_ids))
    found: dict[str, list[ExamTry]] = {}
    for row in db.scalars(query.order_by(ExamTry.tried_at, ExamTry.id)):
        found.setdefault(row.item_id, []).append(row)
    return found


def forget_learner(db: Session, learner_id: str) -> None:
    db.execute(delete(ExamTry).where(ExamTry.learner_id == learner_id))
