"""Rows of challenges, answers and holds."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, func, null, or_, select, update
from sqlalchemy.orm import Session

from app.core.ids import first_id
from app.core.letting_go import Shelf
from app.learning.models.study_checks import StudyAnswer, StudyChallenge, StudyHold
from app.learning.rules.moments import epoch_ms

# Made once: it is asked while others wait to write.
_OPEN_HOLD = (
    select(StudyHold)
    .where(StudyHold.learner_id == bindparam("learner_id"), StudyHold.ended_at.is_(None))
    .order_by(StudyHold.began_at.desc(), StudyHold.id.desc())
)
_ASKS_OF_PERSON = (StudyChallenge.kind == "identity", StudyChallenge.prompt.is_not(None))


def _prompts(before: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Prompts of identity checks that are over; keys are made of the moment."""
    is_over = or_(
        StudyChallenge.settled_at < before, StudyChallenge.expires_at_ms < epoch_ms(before)
    )
    return StudyChallenge.id < first_id(before), *_ASKS_OF_PERSON, is_over


PROMPTS = Shelf(StudyChallenge, StudyChallenge.raised_at, _prompts, {"prompt": null()})


def forget_prompts(db: Session, learner_id: str) -> None:
    """Blank what a person's identity checks asked: the question, and where the code went."""
    db.execute(
        update(StudyChallenge)
        .where(StudyChallenge.learner_id == learner_id, *_ASKS_OF_PERSON)
        .values(prompt=null())
    )


def get_challenge(db: Session, challenge_id: str) -> StudyChallenge | None:
    return db.get(StudyChallenge, challenge_id)


def count_answers(db: Session, challenge_id: str) -> int:
    query = select(func.count()).select_from(StudyAnswer)
    return db.scalar(query.where(StudyAnswer.challenge_id == challenge_id)) or 0


def open_hold(db: Session, learner_id: str) -> StudyHold | None:
    return db.scalars(_OPEN_HOLD, {"learner_id": learner_id}).first()


def open_holds(db: Session, learner_ids: Sequence[str]) -> list[StudyHold]:
    """What is held of some people, the newest of each last."""
    query = select(StudyHold).where(
        StudyHold.learner_id.in_(learner_ids), StudyHold.ended_at.is_(None)
    )
    return list(db.scalars(query.order_by(StudyHold.began_at, StudyHold.id)))


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
