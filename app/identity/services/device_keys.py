"""Keys of devices: registered at a passed identity check, removed by the person (R22)."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import b64url, from_b64url
from app.core.errors import NotFoundError
from app.core.ids import new_id
from app.core.signatures import verify_p256
from app.identity.models.devices import DeviceKey
from app.identity.repository import devices as rows
from app.identity.rules.device_keys import registration_text, thumbprint
from app.identity.rules.notices import NoticeKind
from app.identity.services import inbox

REGISTERED, REVOKED = "identity.device_key_registered", "identity.device_key_revoked"
REPLACED, REMOVED = "replaced", "removed"


@dataclass(frozen=True, slots=True)
class OfferedKey:
    """A key that a device offers with an answer, and its signature over the registration."""

    public_key: bytes
    proof: str

    @property
    def thumbprint(self) -> str:
        return thumbprint(self.public_key)

    def is_proved(self, *, challenge_id: str, head: str) -> bool:
        """Whether who offers the key holds its private half, now and for this check."""
        text = registration_text(
            challenge_id=challenge_id, head=head, public_key=b64url(self.public_key)
        )
        return is_signed(self.public_key, self.proof, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKeyView:
    """A key as other rooms and pages see it."""

    key_id: str
    device_id: str
    public_key: bytes
    thumbprint: str
    challenge_id: str
    head: str
    proof: str
    registered_at: dt.datetime
    used_at: dt.datetime
    revoked_at: dt.datetime | None

    def is_active(self, at: dt.datetime) -> bool:
        """Whether the key stood at a moment."""
        return self.registered_at <= at and (self.revoked_at is None or at < self.revoked_at)


def is_signed(public_key: bytes, signature: str, text: bytes) -> bool:
    """Whether a signature in base64url is the key's own under a text."""
    try:
        raw = from_b64url(signature)
    except ValueError:
        return False
    return verify_p256(public_key, raw, text)


def active_key(db: Session, person_id: str, device_id: str) -> DeviceKeyView | None:
    """The key that a person's answers from a device must be signed with; None without one."""
    row = rows.active_key(db, person_id, device_id)
    return _view(row) if row is not None else None


def keys_of(db: Session, person_id: str) -> list[DeviceKeyView]:
    """Every key the person ever had, the oldest first: old signatures stay checkable."""
    return [_view(row) for row in rows.keys_of(db, person_id)]


def active_keys(db: Session, person_id: str) -> list[DeviceKeyView]:
    """The keys that stand, for the person's own page; the last used first."""
    found = [view for view in keys_of(db, person_id) if view.revoked_at is None]
    return sorted(found, key=lambda view: view.used_at, reverse=True)


def note_use(db: Session, key_id: str, *, now: dt.datetime) -> None:
    """Note when a key signed last, for the person's own page."""
    row = rows.get_key(db, key_id)
    if row is not None:
        row.used_at = now


def register(
    db: Session, offered: OfferedKey, *, person_id: str, device_id: str, check_id: str,
    challenge_id: str, head: str, now: dt.datetime,
) -> str:  # fmt: skip
    """Make an offered key the only one of a person on a device; returns its id.

    The check has passed. Whoever has had a key before is told: it may be somebody else's device.
    """
    earlier = rows.active_key(db, person_id, device_id)
    if earlier is not None:
        _revoke(db, earlier, REPLACED, now=now)
    if rows.keys_of(db, person_id):
        inbox.notify(db, person_id, NoticeKind.DEVICE_KEY, now=now)
    row = DeviceKey(
        id=new_id(now), person_id=person_id, device_id=device_id, public_key=offered.public_key,
        registered_at=now, check_id=check_id, challenge_id=challenge_id, head=head,
        proof=offered.proof, used_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(
        db, REGISTERED, now=now, actor_id=person_id, subject_id=person_id, **_told(row)
    )  # fmt: skip
    return row.id


def remove(db: Session, person_id: str, key_id: str, *, now: dt.datetime) -> None:
    """Take a device's key away. Raises NotFoundError for another's, or one that is gone."""
    row = rows.get_key(db, key_id)
    if row is None or row.person_id != person_id or row.revoked_at is not None:
        raise NotFoundError("没有这台设备。", remedy="请刷新“我的”页面")
    _revoke(db, row, REMOVED, now=now)


def _revoke(db: Session, row: DeviceKey, reason: str, *, now: dt.datetime) -> None:
    row.revoked_at, row.revoked_for = now, reason
    db.flush()
    audit.record(
        db, REVOKED, now=now, actor_id=row.person_id, subject_id=row.person_id, key_id=row.id,
        reason=reason,
    )  # fmt: skip


def _told(row: DeviceKey) -> dict[str, str]:
    """What the log holds of a registration: whose key it is, and by which check."""
    return {
        "key_id": row.id, "device_id": row.device_id, "public_key": b64url(row.public_key),
        "check_id": row.check_id, "challenge_id": row.challenge_id, "head": row.head,
        "proof": row.proof,
    }  # fmt: skip


def _view(row: DeviceKey) -> DeviceKeyView:
    return DeviceKeyView(
        key_id=row.id, device_id=row.device_id, public_key=row.public_key,
        thumbprint=thumbprint(row.public_key), challenge_id=row.challenge_id, head=row.head,
        proof=row.proof, registered_at=row.registered_at, used_at=row.used_at,
        revoked_at=row.revoked_at,
    )  # fmt: skip
