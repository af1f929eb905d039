"""Rows of the checks of exams, and of the times for which their pages were left."""

from collections.abc import Sequence

from sqlalchemy import func, null, select, update
from sqlalchemy.orm import Session

from app.learning.models.exam_checks import ExamAbsence, ExamCheck
from app.learning.models.exams import ExamAttempt

_AT_ONCE = 1000


def open_check(db: Session, attempt_id: str) -> ExamCheck | None:
    query = select(ExamCheck).where(ExamCheck.attempt_id == attempt_id, ExamCheck.verdict.is_(None))
    return db.scalars(query).one_or_none()


def count(db: Session, attempt_id: str) -> int:
    query = select(func.count()).select_from(ExamCheck)
    return db.scalar(query.where(ExamCheck.attempt_id == attempt_id)) or 0


def checks(db: Session, attempt_id: str) -> list[ExamCheck]:
    query = select(ExamCheck).where(ExamCheck.attempt_id == attempt_id)
    return list(db.scalars(query.order_by(ExamCheck.number)))


def passed_by_attempt(db: Session, attempt_ids: Sequence[str]) -> dict[str, list[ExamCheck]]:
    """The checks that were passed, by paper; a thousand papers are asked at a time."""
    found: dict[str, list[ExamCheck]] = {}
    for start in range(0, len(attempt_ids), _AT_ONCE):
        query = select(ExamCheck).where(
            ExamCheck.attempt_id.in_(attempt_ids[start : start + _AT_ONCE]),
            ExamCheck.verdict == "passed",
        )
        for row in db.scalars(query.order_by(ExamCheck.number)):
            found.setdefault(row.attempt_id, []).append(row)
    return found


def absences(db: Session, attempt_id: str) -> list[ExamAbsence]:
    query = select(ExamAbsence).where(ExamAbsence.attempt_id == attempt_id)
    return list(db.scalars(query.order_by(ExamAbsence.began_at, ExamAbsence.id)))


def known_numbers(db: Session, attempt_id: str, device_id: str, numbers: Sequence[int]) -> set[int]:
    """Which of a page's own counts are noted already."""
    query = select(ExamAbsence.number).where(
        ExamAbsence.attempt_id == attempt_id, ExamAbsence.device_id == device_id,
        ExamAbsence.number.in_(numbers),
    )  # fmt: skip
    return {number for number in db.scalars(query) if number is not None}


def forget_prompts(db: Session, learner_id: str) -> None:
    """Blank what a person's open checks ask."""
    own = select(ExamAttempt.id).where(ExamAttempt.learner_id == learner_id)
    db.execute(
        update(ExamCheck)
        .where(ExamCheck.attempt_id.in_(own), ExamCheck.prompt.is_not(None))
        .values(prompt=null())
    )
