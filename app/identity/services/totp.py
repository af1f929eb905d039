"""Authenticator apps: a shared secret, and codes that are good for one use (RFC 6238)."""

import datetime as dt

import pyotp
from sqlalchemy.orm import Session

from app.core.crypto import Vault, same
from app.identity.models.second_factors import TOTP_SECRET, TotpSecret
from app.identity.repository import second_factors as rows
from app.identity.rules.second_factors import STEP_S, steps_to_try

_ISSUER = "实学"
_BYTES_32 = 32  # letters of base32: 160 bits, as RFC 4226 recommends


def begin(db: Session, vault: Vault, person_id: str, account: str) -> tuple[str, str]:
    """Draw a secret that waits for its first code; returns it and its otpauth address.

    `account` is what the app shows beside the house's name. One that counts already goes on
    counting until then.
    """
    secret = pyotp.random_base32(_BYTES_32)
    row = rows.totp(db, person_id)
    if row is None:
        row = TotpSecret(person_id=person_id, last_step=0)
        db.add(row)
    row.waiting_sealed = vault.seal(secret, context=TOTP_SECRET)
    db.flush()
    return secret, _totp(secret).provisioning_uri(name=account, issuer_name=_ISSUER)


def confirm(db: Session, vault: Vault, person_id: str, code: str, *, now: dt.datetime) -> bool:
    """Let the secret that waits count from now on, if the code shows that it arrived."""
    row = rows.totp(db, person_id)
    if row is None or row.waiting_sealed is None:
        return False
    step = _step_of(vault.open(row.waiting_sealed, context=TOTP_SECRET), code, now)
    if step is None:
        return False
    row.secret_sealed, row.waiting_sealed = row.waiting_sealed, None
    row.confirmed_at, row.last_step = now, step
    db.flush()
    return True


def answer(db: Session, vault: Vault, person_id: str, code: str, *, now: dt.datetime) -> bool:
    """Try a code; a right one and all before it are spent."""
    row = rows.totp(db, person_id)
    if row is None or row.secret_sealed is None or row.confirmed_at is None:
        return False
    step = _step_of(vault.open(row.secret_sealed, context=TOTP_SECRET), code, now)
    return step is not None and rows.spend_step(db, person_id, step)


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, interval=STEP_S)


def _step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The newest step whose code this is; all are compared, whichever fits."""
    machine = _totp(secret)
    fits = [step for step in steps_to_try(now) if same(machine.generate_otp(step), code)]
    return max(fits, default=None)
