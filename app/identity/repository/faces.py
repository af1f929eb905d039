"""Finding consents and face templates."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.identity.models.faces import Consent, FaceFrame, FaceTemplate, Portrait
from app.identity.rules.faces import SeenBefore

FACE = "face"
PORTRAIT = "portrait"
"""Kinds of consent: to checks by face here, and to a picture on certificates."""


def standing_consent(db: Session, person_id: str, kind: str = FACE) -> Consent | None:
    query = select(Consent).where(
        Consent.person_id == person_id, Consent.kind == kind, Consent.withdrawn_at.is_(None)
    )
    return db.scalars(query.order_by(Consent.given_at.desc())).first()


def withdraw(db: Session, person_id: str, now: dt.datetime) -> bool:
    """Withdraw what checks by face rest on and destroy the template; False for nothing."""
    ended = db.execute(
        update(Consent)
        .where(
            Consent.person_id == person_id,
            Consent.withdrawn_at.is_(None),
            Consent.kind != PORTRAIT,
        )
        .values(withdrawn_at=now)
        .returning(Consent.id)
    ).all()
    delete_template(db, person_id)
    return bool(ended)


def withdraw_portrait(db: Session, person_id: str, now: dt.datetime) -> bool:
    """Withdraw that consent and delete the picture; tells False where there was nothing."""
    ended = db.execute(
        update(Consent)
        .where(
            Consent.person_id == person_id,
            Consent.withdrawn_at.is_(None),
            Consent.kind == PORTRAIT,
        )
        .values(withdrawn_at=now)
        .returning(Consent.id)
    ).all()
    db.execute(delete(Portrait).where(Portrait.person_id == person_id))
    return bool(ended)


def portrait(db: Session, person_id: str) -> Portrait | None:
    return db.get(Portrait, person_id, populate_existing=True)


def delete_template(db: Session, person_id: str) -> None:
    db.execute(delete(FaceTemplate).where(FaceTemplate.person_id == person_id))


def template(db: Session, person_id: str) -> FaceTemplate | None:
    return db.get(FaceTemplate, person_id, populate_existing=True)


def count_templates(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(FaceTemplate)) or 0


def seen_before(db: Session, person_id: str, *, most: int) -> SeenBefore:
    """The frames in which checks of this person saw a face: all hashes, the newest likenesses."""
    query = select(FaceFrame.digest, FaceFrame.likeness).where(FaceFrame.person_id == person_id)
    found = db.execute(query.order_by(FaceFrame.seen_at.desc(), FaceFrame.digest)).all()
    likenesses = [int.from_bytes(row.likeness, "big") for row in found[:most] if row.likeness]
    return SeenBefore(frozenset(row.digest for row in found), tuple(likenesses))


def add_seen(db: Session, person_id: str, frames: Mapping[str, int], now: dt.datetime) -> None:
    """Remember frames by their hashes and likenesses."""
    query = select(FaceFrame.digest).where(FaceFrame.person_id == person_id)
    known = set(db.scalars(query.where(FaceFrame.digest.in_(frames))))
    for digest, likeness in sorted(frames.items()):
        if digest not in known:
            db.add(
                FaceFrame(
                    person_id=person_id, digest=digest, seen_at=now,
                    likeness=likeness.to_bytes(32, "big"),
                )
            )  # fmt: skip
    db.flush()
