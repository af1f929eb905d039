"""Second factors of a person as a whole: what there is, passing with a code, beginning anew."""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyRing, Vault, same
from app.core.errors import ConflictError, ForbiddenError
from app.core.ids import new_id
from app.identity.models.second_factors import RecoveryCode
from app.identity.repository import second_factors as rows
from app.identity.repository import signing
from app.identity.rules.actors import Actor
from app.identity.rules.notices import NoticeKind
from app.identity.rules.second_factors import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    Factor,
    needing,
    read_code,
    recovery_code,
)
from app.identity.services import company_accounts, inbox, totp

PASSED, FAILED = "second_factor.passed", "second_factor.failed"
RENEWED = "second_factor.codes_renewed"
ADDED, REMOVED, RESET = "second_factor.added", "second_factor.removed", "second_factor.reset"


@dataclass(frozen=True, slots=True)
class KeyView:
    key_id: str
    label: str
    registered_at: dt.datetime
    used_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FactorsView:
    """What a person has: an authenticator app, keys, and how many recovery codes are left."""

    has_totp: bool
    keys: tuple[KeyView, ...]
    recovery_left: int

    @property
    def is_enrolled(self) -> bool:
        return self.has_totp or bool(self.keys)


def view(db: Session, person_id: str) -> FactorsView:
    """Tell what a person has set up."""
    app = rows.totp(db, person_id)
    keys = tuple(
        KeyView(row.id, row.label, row.registered_at, row.used_at)
        for row in rows.keys_of(db, person_id)
    )
    has_totp = app is not None and app.confirmed_at is not None
    return FactorsView(has_totp, keys, len(rows.open_codes(db, person_id)))


def check_may_change(db: Session, actor: Actor) -> FactorsView:
    """Stand before every change. Raises ForbiddenError.

    The first factor is set up at the first sign-in with a role; whoever has one passes it first,
    else a stolen phone number alone would add another.
    """
    if not needing(actor.every_role):
        raise ForbiddenError(
            "您的账号不需要二次验证。", code="not_staff", remedy="直接使用学习页面就可以"
        )
    found = view(db, actor.account_id)
    if found.is_enrolled and not actor.has_second_factor:
        raise ForbiddenError(
            "请先用已有的方式完成二次验证。", code="second_factor", remedy="再添加或更换验证方式"
        )
    return found


def check_passed(db: Session, actor: Actor) -> None:
    """Stand before what keeps the caller's account theirs: sign-ins elsewhere, the password.

    Whoever has set a second factor up passes it first, else the phone alone would shut its holder
    out. Raises ForbiddenError.
    """
    if not actor.has_second_factor and view(db, actor.account_id).is_enrolled:
        raise ForbiddenError(
            "请先完成二次验证。", code="second_factor", remedy="请打开二次验证页面，再回来办理"
        )


def note_passed(db: Session, actor: Actor, factor: Factor, *, now: dt.datetime) -> None:
    """Let the caller's sign-in act in all of their roles until the factor's time is over."""
    pass_sign_in(db, actor.sign_in_id, factor, now=now)
    audit.record(
        db, PASSED, now=now, actor_id=actor.account_id, subject_id=actor.sign_in_id,
        factor=factor.value,
    )  # fmt: skip


def pass_sign_in(db: Session, sign_in_id: str, factor: Factor, *, now: dt.datetime) -> None:
    """Write down on a sign-in that a second factor was passed."""
    row = signing.sign_in(db, sign_in_id)
    if row is not None:
        row.second_factor, row.second_factor_at = factor.value, now


def note_failed(db: Session, actor: Actor, factor: str, *, now: dt.datetime) -> None:
    """Remember a wrong answer; the caller lets the write stand."""
    audit.record(
        db, FAILED, now=now, actor_id=actor.account_id, subject_id=actor.sign_in_id, factor=factor
    )


def note_added(db: Session, actor: Actor, factor: Factor, *, now: dt.datetime) -> None:
    """Tell the person, who may not be the one at the keys."""
    audit.record(
        db, ADDED, now=now, actor_id=actor.account_id, subject_id=actor.account_id,
        factor=factor.value,
    )  # fmt: skip
    inbox.notify(db, actor.account_id, NoticeKind.SECOND_FACTOR, now=now)


def answer_code(
    db: Session, vault: Vault, keys: KeyRing, actor: Actor, text: str, *, now: dt.datetime
) -> Factor | None:
    """Try a typed code of the app or of the recovery sheet; None where it is wrong or spent."""
    read = read_code(text)
    factor = read[0] if read else Factor.TOTP
    is_right = read is not None and (
        totp.answer(db, vault, actor.account_id, read[1], now=now)
        if factor is Factor.TOTP
        else _answer_recovery(db, keys, actor.account_id, read[1], now=now)
    )
    if not is_right:
        note_failed(db, actor, factor.value, now=now)
        return None
    note_passed(db, actor, factor, now=now)
    return factor


def _answer_recovery(
    db: Session, keys: KeyRing, person_id: str, letters: str, *, now: dt.datetime
) -> bool:
    """Every open code is compared, so that the time does not tell which one was near."""
    hits = [
        row for row in rows.open_codes(db, person_id)
        if same(row.code_hash, _hash(keys, row.id, letters))
    ]  # fmt: skip
    return any(rows.spend_code(db, row.id, now=now) for row in hits)


def _hash(keys: KeyRing, code_id: str, letters: str) -> str:
    message = f"{code_id}:{letters}".encode()
    return hmac.new(keys.secret("recovery"), message, "sha256").hexdigest()


def make_recovery_codes(
    db: Session, keys: KeyRing, person_id: str, *, now: dt.datetime
) -> tuple[str, ...]:
    """Make a new sheet of codes, shown this once; the sheet before is worth nothing any more."""
    rows.delete_codes(db, person_id)
    found = []
    for _ in range(RECOVERY_CODES):
        letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
        code_id = new_id(now)
        db.add(
            RecoveryCode(
                id=code_id, person_id=person_id, code_hash=_hash(keys, code_id, letters),
                made_at=now,
            )
        )  # fmt: skip
        found.append(recovery_code(letters))
    db.flush()
    return tuple(found)


def renew_recovery_codes(
    db: Session, keys: KeyRing, actor: Actor, *, now: dt.datetime
) -> tuple[str, ...]:
    """Make the caller a new sheet. Raises ForbiddenError, ConflictError where nothing is set up."""
    if not check_may_change(db, actor).is_enrolled:
        raise ConflictError(
            "还没有设置二次验证。", code="no_factor", remedy="请先添加验证应用或安全密钥"
        )
    audit.record(db, RENEWED, now=now, actor_id=actor.account_id, subject_id=actor.account_id)
    return make_recovery_codes(db, keys, actor.account_id, now=now)


def reset(
    db: Session, person_id: str, *, reason: str, actor_id: str | None, now: dt.datetime
) -> None:
    """Take a person's second factors away; the next sign-in sets up new ones."""
    rows.delete_all(db, person_id)
    company_accounts.end_all(db, person_id, actor_id=actor_id, now=now)
    audit.record(db, RESET, now=now, actor_id=actor_id, subject_id=person_id, reason=reason)
    inbox.notify(db, person_id, NoticeKind.SECOND_FACTOR, now=now)
