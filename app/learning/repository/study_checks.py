"""Rows of challenges, answers and holds."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.learning.models.study_checks import StudyAnswer, StudyChallenge, StudyHold


def get_challenge(db: Session, challenge_id: str) -> StudyChallenge | None:
    return db.get(StudyChallenge, challenge_id)


def count_answers(db: Session, challenge_id: str) -> int:
    query = select(func.count()).select_from(StudyAnswer)
    return db.scalar(query.where(StudyAnswer.challenge_id == challenge_id)) or 0


def open_hold(db: Session, learner_id: str) -> StudyHold | None:
    query = select(StudyHold).where(
        StudyHold.learner_id == learner_id, StudyHold.ended_at.is_(None)
    )
    return db.scalars(query.order_by(StudyHold.began_at.desc(), StudyHold.id.desc())).first()


def get_hold(db: Session, hold_id: str) -> StudyHold | None:
    return db.get(StudyHold, hold_id)


def list_holds(db: Session, learner_id: str, most: int) -> list[StudyHold]:
    query = select(StudyHold).where(StudyHold.learner_id == learner_id)
    return list(db.scalars(query.order_by(StudyHold.began_at.desc()).limit(most)))


def holds_of(db: Session, session_ids: Sequence[str]) -> list[StudyHold]:
    query = select(StudyHold).where(StudyHold.session_id.in_(session_ids))
    return list(db.scalars(query.order_by(StudyHold.began_at, StudyHold.id)))


def challenges_of(db: Session, session_ids: Sequence[str]) -> list[StudyChallenge]:
    query = select(StudyChallenge).where(StudyChallenge.session_id.in_(session_ids))
    return list(db.scalars(query.order_by(StudyChallenge.raised_at, StudyChallenge.id)))


def answers_to(db: Session, challenge_ids: Sequence[str]) -> list[StudyAnswer]:
    query = select(StudyAnswer).where(StudyAnswer.challenge_id.in_(challenge_ids))
    return list(db.scalars(query.order_by(StudyAnswer.challenge_id, StudyAnswer.number)))


def signed_passes(
    db: Session, learner_id: str, device_id: str, *, since: dt.datetime, until: dt.datetime
) -> int:
    """How many identity checks a device's key signed and passed between two moments."""
    query = select(func.count()).select_from(StudyAnswer)
    query = query.where(
        StudyAnswer.learner_id == learner_id, StudyAnswer.device_id == device_id,
        StudyAnswer.device_key_id.is_not(None), StudyAnswer.check_id.is_not(None),
        StudyAnswer.ruling == "passed", StudyAnswer.arrived_at.between(since, until),
    )  # fmt: skip
    return db.scalar(query) or 0


def signed_answer(db: Session, learner_id: str, evidence_hash: str) -> StudyAnswer | None:
    query = select(StudyAnswer).where(
        StudyAnswer.learner_id == learner_id, StudyAnswer.evidence_hash == evidence_hash,
        StudyAnswer.device_key_id.is_not(None),
    )  # fmt: skip
    return db.scalars(query).first()
