"""What of a learner's study is about the person and not about the hours."""

from sqlalchemy.orm import Session

from app.learning.repository import risk as rows


def forget_learner(db: Session, learner_id: str) -> None:
    """Delete where somebody studied and how their days were scored; hours and evidence stay."""
    rows.forget_learner(db, learner_id)
