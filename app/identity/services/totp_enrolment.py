"""Setting an authenticator app up: draw a secret, show it, wait for its first code."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault
from app.identity.providers.squares import qr_svg
from app.identity.rules.actors import Actor
from app.identity.rules.second_factors import Factor
from app.identity.services import people, second_factors, totp


@dataclass(frozen=True, slots=True)
class DrawnSecret:
    secret: str
    address: str
    qr_svg: str


def begin(db: Session, vault: Vault, actor: Actor) -> DrawnSecret:
    """Draw a secret for the caller's app. Raises ForbiddenError."""
    second_factors.check_may_change(db, actor)
    phone = people.views(db, vault, [actor.account_id])[actor.account_id].masked_phone
    secret, address = totp.begin(db, vault, actor.account_id, phone)
    return DrawnSecret(secret, address, qr_svg(address))


def confirm(
    db: Session, vault: Vault, keys: KeyRing, actor: Actor, code: str, *, now: dt.datetime
) -> tuple[str, ...] | None:
    """Let the app count; returns the recovery codes that come with a first factor.

    None for a wrong code, which is remembered. Raises ForbiddenError.
    """
    had = second_factors.check_may_change(db, actor)
    if not totp.confirm(db, vault, actor.account_id, code, now=now):
        second_factors.note_failed(db, actor, Factor.TOTP.value, now=now)
        return None
    second_factors.note_added(db, actor, Factor.TOTP, now=now)
    second_factors.note_passed(db, actor, Factor.TOTP, now=now)
    if had.is_enrolled:
        return ()
    return second_factors.make_recovery_codes(db, keys, actor.account_id, now=now)
