"""What of a learner's study is about the person and not about the hours."""

from sqlalchemy.orm import Session

from app.learning.repository import risk as rows
from app.learning.repository import study_checks


def forget_learner(db: Session, learner_id: str) -> None:
    """Delete where somebody studied, how their days were scored, and what their checks asked.

    Hours and evidence stay.
    """
    rows.forget_learner(db, learner_id)
    study_checks.forget_prompts(db, learner_id)
