"""What of a learner's study is about the person and not about the hours."""

from sqlalchemy.orm import Session

from app.learning.repository import exam_checks, exam_tries, packages, study_checks
from app.learning.repository import risk as rows


def forget_learner(db: Session, learner_id: str) -> None:
    """Delete where somebody studied, days' scores, practice, what checks asked and packages kept.

    Hours and evidence stay.
    """
    rows.forget_learner(db, learner_id)
    packages.forget_learner(db, learner_id)
    study_checks.forget_prompts(db, learner_id)
    exam_checks.forget_prompts(db, learner_id)
    exam_tries.forget_learner(db, learner_id)
