"""What a course's completion rests on, asked by one statement: others wait to write meanwhile."""

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study_checks import StudyHold

_CONFIRMED_MS = (
    select(func.coalesce(func.sum(LedgerEntry.ms), 0))
    .where(LedgerEntry.enrolment_id == Enrolment.id)
    .scalar_subquery()
)
_HAS_PASSED = (
    select(ExamAttempt.passed)
    .where(ExamAttempt.enrolment_id == Enrolment.id, ExamAttempt.state == "graded")
    .order_by(ExamAttempt.score.desc(), ExamAttempt.number)
    .limit(1)
    .scalar_subquery()
)
_HELD_FOR = (
    select(StudyHold.reason)
    .where(StudyHold.learner_id == Enrolment.learner_id, StudyHold.ended_at.is_(None))
    .order_by(StudyHold.began_at.desc(), StudyHold.id.desc())
    .limit(1)
    .scalar_subquery()
)
_COMPLETION = select(Enrolment.required_ms, _CONFIRMED_MS, _HAS_PASSED, _HELD_FOR).where(
    Enrolment.id == bindparam("enrolment_id")
)


def completion(db: Session, enrolment_id: str) -> Row[int, int, bool | None, str | None] | None:
    """Required and confirmed time, whether the best exam was passed, why the newest hold is."""
    return db.execute(_COMPLETION, {"enrolment_id": enrolment_id}).first()
