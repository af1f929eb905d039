"""Passwords: set with a fresh code of the phone, tried in the same time whoever is asked about."""

import datetime as dt
import functools
import secrets
from dataclasses import dataclass
from typing import Any

from passlib.hash import argon2
from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import InvalidError, NotFoundError
from app.identity.models.passwords import Password
from app.identity.repository import passwords as rows
from app.identity.repository import people as person_rows
from app.identity.rules.actors import Actor
from app.identity.rules.notices import NoticeKind
from app.identity.rules.passwords import MOST, fault_of, normalise
from app.identity.rules.second_factors import needing
from app.identity.services import inbox, people

SET, REMOVED, FAILED = "password.set", "password.removed", "password.failed"
KNOWN_DEVICE = dt.timedelta(days=180)
# argon2id at OWASP's first recommendation: 19 MiB, two passes, one lane.
_hasher: Any = argon2.using(type="ID", memory_cost=19_456, time_cost=2, parallelism=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared with a typed password; of nobody, a password that nobody has."""

    person_id: str | None
    hashed: str
    is_known_device: bool


@functools.cache
def _nobodys() -> str:
    return str(_hasher.hash(secrets.token_urlsafe(32)))


def check(password: str, *, actor: Actor, phone: str) -> str:
    """Return a new password's normal form. Raises InvalidError that says what it lacks."""
    normal = normalise(password)
    is_staff = bool(needing(actor.every_role))
    if (fault := fault_of(normal, is_staff=is_staff, phone=phone)) is not None:
        raise InvalidError(
            fault, field="/password", code="weak_password",
            remedy="可以用几个不相干的词连起来，又长又好记",
        )  # fmt: skip
    return normal


def hash_of(password: str) -> str:
    """Hash a password in its normal form; takes a good part of a second and 19 MiB.

    So it is done outside of any transaction.
    """
    return str(_hasher.hash(normalise(password)))


def put(db: Session, person_id: str, hashed: str, *, now: dt.datetime) -> None:
    """Make a hash the person's password from now on; the person is told."""
    row = rows.password_of(db, person_id)
    if row is None:
        db.add(Password(person_id=person_id, hashed=hashed, set_at=now))
    else:
        row.hashed, row.set_at = hashed, now
    audit.record(db, SET, now=now, actor_id=person_id, subject_id=person_id)
    inbox.notify(db, person_id, NoticeKind.PASSWORD, now=now)


def remove(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """Leave the phone's code as the only way in. Raises NotFoundError."""
    row = rows.password_of(db, person_id)
    if row is None:
        raise NotFoundError("您没有设置密码。", remedy="请刷新“我的”页面")
    db.delete(row)
    audit.record(db, REMOVED, now=now, actor_id=person_id, subject_id=person_id)


def has_password(db: Session, person_id: str) -> bool:
    return rows.password_of(db, person_id) is not None


def is_friend(db: Session, vault: Vault, phone: str, device_id: str, *, now: dt.datetime) -> bool:
    """Tell whether a phone's account was signed in in this browser not long ago."""
    person = person_rows.by_phone(db, people.phone_index(vault, phone))
    return person is not None and rows.has_signed_in_on(
        db, person.id, device_id, now - KNOWN_DEVICE
    )


def known(db: Session, vault: Vault, phone: str, device_id: str, *, now: dt.datetime) -> Known:
    """Look up what a typed password is compared with, and whether the device is an old friend."""
    person = person_rows.by_phone(db, people.phone_index(vault, phone))
    person_id = person.id if person is not None else ""
    row = rows.password_of(db, person_id)
    is_known = rows.has_signed_in_on(db, person_id, device_id, now - KNOWN_DEVICE)
    if person is None or row is None:
        return Known(None, _nobodys(), is_known_device=False)
    return Known(person.id, row.hashed, is_known_device=is_known)


def fits(found: Known, password: str) -> bool:
    """Compare, for as long whether there is such an account or not; outside of any transaction."""
    typed = normalise(password)[: MOST + 1]
    is_same = bool(_hasher.verify(typed, found.hashed))
    return is_same and found.person_id is not None


def is_outdated(found: Known) -> bool:
    """Tell whether a hash was made with less work than is asked for now."""
    return bool(_hasher.needs_update(found.hashed))


def renew(db: Session, found: Known, hashed: str) -> None:
    """Put a hash of the same password in the place of an outdated one, if that still stands."""
    row = rows.password_of(db, found.person_id or "")
    if row is not None and row.hashed == found.hashed:
        row.hashed = hashed


def still_stands(db: Session, found: Known) -> bool:
    """Tell whether the password that fitted is still the person's, a moment later."""
    row = rows.password_of(db, found.person_id or "")
    return row is not None and row.hashed == found.hashed


def note_failed(db: Session, found: Known, *, now: dt.datetime) -> None:
    """Remember a wrong password; of nobody too, else the time would tell who has an account."""
    audit.record(db, FAILED, now=now, actor_id=None, subject_id=found.person_id)
