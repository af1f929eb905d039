"""Finding second factors, and spending what can be used once."""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.identity.models.second_factors import RecoveryCode, SecurityKey, TotpSecret


def totp(db: Session, person_id: str) -> TotpSecret | None:
    return db.get(TotpSecret, person_id)


def spend_step(db: Session, person_id: str, step: int) -> bool:
    """Spend a time step and all before; tells whether nobody was faster with the same code."""
    spent = db.execute(
        update(TotpSecret)
        .where(TotpSecret.person_id == person_id, TotpSecret.last_step < step)
        .values(last_step=step)
    )
    return _one(spent)


def keys_of(db: Session, person_id: str) -> list[SecurityKey]:
    query = select(SecurityKey).where(SecurityKey.person_id == person_id)
    return list(db.scalars(query.order_by(SecurityKey.id)))


def key_by_credential(db: Session, credential_id: bytes) -> SecurityKey | None:
    """Return a key, locked until the transaction ends: its count goes up only."""
    query = select(SecurityKey).where(SecurityKey.credential_id == credential_id)
    return db.scalars(query.with_for_update()).first()


def open_codes(db: Session, person_id: str) -> list[RecoveryCode]:
    query = select(RecoveryCode).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return list(db.scalars(query.order_by(RecoveryCode.id)))


def spend_code(db: Session, code_id: str, *, now: dt.datetime) -> bool:
    """Spend a recovery code; tells whether it was there to be spent."""
    spent = db.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
    )
    return _one(spent)


def delete_codes(db: Session, person_id: str) -> None:
    db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def delete_all(db: Session, person_id: str) -> None:
    """Take every second factor of a person away."""
    for table in (TotpSecret, SecurityKey, RecoveryCode):
        db.execute(delete(table).where(table.person_id == person_id))


def _one(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
