"""Finding consents and face templates."""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.identity.models.faces import Consent, FaceTemplate

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
