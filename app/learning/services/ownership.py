"""Whose a study session, a check or an exam is, for rooms that keep only its id."""

from sqlalchemy.orm import Session

from app.learning.repository import exams, study, study_checks


def is_session_of(db: Session, session_id: str, learner_id: str) -> bool:
    row = study.get_session(db, session_id)
    return row is not None and row.learner_id == learner_id


def is_challenge_of(db: Session, challenge_id: str, learner_id: str) -> bool:
    row = study_checks.get_challenge(db, challenge_id)
    return row is not None and row.learner_id == learner_id


def is_attempt_of(db: Session, attempt_id: str, learner_id: str) -> bool:
    row = exams.attempt(db, attempt_id)
    return row is not None and row.learner_id == learner_id
