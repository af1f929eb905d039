"""Finding consents and face templates."""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.identity.models.faces import Consent, FaceFrame, FaceTemplate

FACE = "face"


def standing_consent(db: Session, person_id: str) -> Consent | None:
    query = select(Consent).where(
        Consent.person_id == person_id, Consent.kind == FACE, Consent.withdrawn_at.is_(None)
    )
    return db.scalars(query.order_by(Consent.given_at.desc())).first()


def withdraw(db: Session, person_id: str, now: dt.datetime) -> bool:
    """Withdraw and destroy the template; tells False where there was nothing."""
    ended = db.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(Consent.id)
    ).all()
    db.execute(delete(FaceTemplate).where(FaceTemplate.person_id == person_id))
    return bool(ended)


def template(db: Session, person_id: str) -> FaceTemplate | None:
    return db.get(FaceTemplate, person_id, populate_existing=True)


def seen_digests(db: Session, person_id: str) -> frozenset[str]:
    """Hashes of all frames in which a check of this person saw a face."""
    query = select(FaceFrame.digest).where(FaceFrame.person_id == person_id)
    return frozenset(db.scalars(query))


def add_seen(db: Session, person_id: str, digests: frozenset[str], now: dt.datetime) -> None:
    for digest in sorted(digests - seen_digests(db, person_id)):
        db.add(FaceFrame(person_id=person_id, digest=digest, seen_at=now))
    db.flush()
