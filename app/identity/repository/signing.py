"""Finding one-time codes and sign-ins."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.identity.models.signing import PhoneCode, SignIn, TextMessage


def newest_code(db: Session, phone_index: str) -> PhoneCode | None:
    query = select(PhoneCode).where(PhoneCode.phone_index == phone_index)
    return db.scalars(query.order_by(PhoneCode.sent_at.desc(), PhoneCode.id.desc())).first()


def newest_code_to_try(db: Session, phone_index: str, device_id: str) -> PhoneCode | None:
    """Return the newest that a browser asked for, locked until the transaction ends.

    Of tries at once each sees the one before.
    """
    query = select(PhoneCode).where(
        PhoneCode.phone_index == phone_index, PhoneCode.device_id == device_id
    )
    newest = query.order_by(PhoneCode.sent_at.desc(), PhoneCode.id.desc()).limit(1)
    row = db.scalars(newest).first()
    return db.get(PhoneCode, row.id, with_for_update=True, populate_existing=True) if row else None


def sign_in(db: Session, sign_in_id: str) -> SignIn | None:
    return db.get(SignIn, sign_in_id)


def sign_in_to_renew(db: Session, sign_in_id: str) -> SignIn | None:
    """Return a sign-in, locked until the transaction ends."""
    return db.get(SignIn, sign_in_id, with_for_update=True)


def revoke(db: Session, sign_in_id: str, *, reason: str, now: dt.datetime) -> None:
    """End one sign-in; ending it twice keeps the first reason."""
    db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now, revoked_for=reason)
    )


def revoke_by_company(
    db: Session, account_ids: Sequence[str], *, reason: str, now: dt.datetime
) -> None:
    """End what company accounts opened."""
    db.execute(
        update(SignIn)
        .where(SignIn.company_account_id.in_(account_ids), SignIn.revoked_at.is_(None))
        .values(revoked_at=now, revoked_for=reason)
    )


def open_sign_ins(db: Session, person_id: str, now: dt.datetime) -> list[SignIn]:
    """Return a person's sign-ins that last at a moment, the oldest first."""
    query = select(SignIn).where(
        SignIn.person_id == person_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now
    )
    return list(db.scalars(query.order_by(SignIn.id)))


def was_on_device(db: Session, person_id: str, device_id: str, since: dt.datetime) -> bool:
    """Tell whether a person was signed in on a device at a moment or at any time after it."""
    query = select(SignIn.id).where(
        SignIn.person_id == person_id, SignIn.device_id == device_id, SignIn.expires_at > since,
        or_(SignIn.revoked_at.is_(None), SignIn.revoked_at >= since),
    )  # fmt: skip
    return db.scalars(query.limit(1)).first() is not None


def revoke_on_device(db: Session, person_id: str, device_id: str, *, now: dt.datetime) -> None:
    """End what a person's next sign-in on the same device takes the place of."""
    db.execute(
        update(SignIn)
        .where(
            SignIn.person_id == person_id, SignIn.device_id == device_id,
            SignIn.revoked_at.is_(None),
        )
        .values(revoked_at=now, revoked_for="replaced")
    )  # fmt: skip


def newest_messages(db: Session, most: int) -> list[TextMessage]:
    query = select(TextMessage).order_by(TextMessage.sent_at.desc(), TextMessage.id.desc())
    return list(db.scalars(query.limit(most)))
