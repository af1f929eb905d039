"""Finding the keys of devices."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.models.checks import IdentityCheck
from app.identity.models.devices import DeviceKey


def active_key(db: Session, person_id: str, device_id: str) -> DeviceKey | None:
    query = select(DeviceKey).where(
        DeviceKey.person_id == person_id, DeviceKey.device_id == device_id,
        DeviceKey.revoked_at.is_(None),
    )  # fmt: skip
    return db.scalars(query).first()


def get_key(db: Session, key_id: str) -> DeviceKey | None:
    return db.get(DeviceKey, key_id)


def keys_of(db: Session, person_id: str) -> list[DeviceKey]:
    query = select(DeviceKey).where(DeviceKey.person_id == person_id)
    return list(db.scalars(query.order_by(DeviceKey.registered_at, DeviceKey.id)))


def all_with_checks(db: Session) -> list[tuple[DeviceKey, IdentityCheck]]:
    """Every key with the check at which it was registered."""
    query = select(DeviceKey, IdentityCheck).join(
        IdentityCheck, IdentityCheck.id == DeviceKey.check_id
    )
    return [(key, check) for key, check in db.execute(query.order_by(DeviceKey.id))]
