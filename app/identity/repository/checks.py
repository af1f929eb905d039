"""Finding secret answers and identity checks."""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.identity.models.checks import IdentityCheck, SecretAnswer


def answers_of(db: Session, learner_id: str) -> list[SecretAnswer]:
    query = select(SecretAnswer).where(SecretAnswer.person_id == learner_id)
    return list(db.scalars(query.order_by(SecretAnswer.id)))


def delete_answers(db: Session, learner_id: str) -> None:
    db.execute(delete(SecretAnswer).where(SecretAnswer.person_id == learner_id))


def check(db: Session, check_id: str) -> IdentityCheck | None:
    return db.get(IdentityCheck, check_id)


def newest_question(db: Session, learner_id: str) -> str | None:
    """Return the question that was asked last."""
    query = select(IdentityCheck.question).where(
        IdentityCheck.person_id == learner_id, IdentityCheck.question.is_not(None)
    )
    order = (IdentityCheck.opened_at.desc(), IdentityCheck.id.desc())
    return db.scalars(query.order_by(*order).limit(1)).first()


def newest_code(db: Session, learner_id: str) -> IdentityCheck | None:
    """Return the check for which a code left last."""
    query = select(IdentityCheck).where(
        IdentityCheck.person_id == learner_id, IdentityCheck.code_sent_at.is_not(None)
    )
    order = (IdentityCheck.code_sent_at.desc(), IdentityCheck.id.desc())
    return db.scalars(query.order_by(*order).limit(1)).first()


def close(
    db: Session, check_id: str, *, outcome: str, evidence_hash: str, now: dt.datetime
) -> bool:
    """Write an outcome down once; tells False where there is one already."""
    done = db.execute(
        update(IdentityCheck)
        .where(IdentityCheck.id == check_id, IdentityCheck.outcome.is_(None))
        .values(outcome=outcome, evidence_hash=evidence_hash, decided_at=now)
        .returning(IdentityCheck.id)
    )
    return done.first() is not None
