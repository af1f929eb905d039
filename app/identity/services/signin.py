"""Signing in with a phone and a one-time code."""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault, same
from app.core.errors import InvalidError, NotFoundError, TooManyRequestsError
from app.core.ids import new_id
from app.core.settings import SignInSettings
from app.identity.models.people import Person
from app.identity.models.signing import MESSAGE_PHONE, MESSAGE_TEXT, PhoneCode
from app.identity.providers.wire import VendorError
from app.identity.repository import people as person_rows
from app.identity.repository import signing as rows
from app.identity.rules import codes, phones, second_factors
from app.identity.rules.actors import Actor, Role
from app.identity.rules.codes import SentCode
from app.identity.rules.second_factors import Factor
from app.identity.services import people, phone_holds, roles, tokens
from app.identity.services.tokens import Tokens

__all__ = [
    "CodeAnswer", "MessageView", "SignedIn", "Typed", "VendorError", "answer_both", "answer_code",
    "check_wait", "enter", "is_known",
    "landing", "landing_of", "messages", "next_step", "prepare_code", "read_phone", "sign_in",
]  # fmt: skip


class CodeAnswer(StrEnum):
    """How a code that was typed fared."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Typed:
    """A code as it was typed: for which phone, and in which browser."""

    phone: str
    code: str
    device_id: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    tokens: Tokens
    learner_id: str
    is_new: bool
    next: str


@dataclass(frozen=True, slots=True)
class MessageView:
    phone: str
    text: str
    sent_at: dt.datetime


def read_phone(text: str) -> str:
    """Return the eleven digits. Raises InvalidError that names the field."""
    phone = phones.normalise(text)
    if phone is None:
        raise InvalidError(
            "手机号应为 11 位数字，以 1 开头。", field="/phone", code="phone",
            remedy="请检查有没有多打或少打",
        )  # fmt: skip
    return phone


def check_wait(db: Session, vault: Vault, phone: str, *, now: dt.datetime) -> None:
    """Raises TooManyRequestsError within a minute of the last code of a phone."""
    index = people.phone_index(vault, phone)
    if wait := codes.wait_before_resend(_sent(rows.newest_code(db, index)), now):
        raise TooManyRequestsError(
            f"验证码刚发过，请 {wait} 秒后再取。", retry_after_s=wait, remedy="先看看有没有收到短信"
        )


def prepare_code(
    db: Session, vault: Vault, keys: KeyRing, *, phone: str, device_id: str, now: dt.datetime
) -> str:
    """Write a fresh code down (hashed) and return it to be sent after the transaction.

    Raises as `check_wait` does.
    """
    check_wait(db, vault, phone, now=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    code_id = new_id(now)
    db.add(
        PhoneCode(
            id=code_id, phone_index=people.phone_index(vault, phone), device_id=device_id,
            code_hash=_hash(keys, code_id, code), sent_at=now, expires_at=now + codes.LIFE,
            tries=0,
        )
    )  # fmt: skip
    return code


def _hash(keys: KeyRing, code_id: str, code: str) -> str:
    return hmac.new(keys.secret("codes"), f"{code_id}:{code}".encode(), "sha256").hexdigest()


def _sent(row: PhoneCode | None) -> SentCode | None:
    if row is None:
        return None
    return SentCode(row.sent_at, row.expires_at, row.tries, is_used=row.used_at is not None)


def answer_code(
    db: Session, vault: Vault, keys: KeyRing, typed: Typed, *, now: dt.datetime
) -> CodeAnswer:
    """Try a typed code; a wrong one is counted, so the caller must let the write stand."""
    row = rows.newest_code_to_try(db, people.phone_index(vault, typed.phone), typed.device_id)
    if row is None or not codes.may_be_tried(_sent(row), now):
        return CodeAnswer.SPENT
    row.tries += 1
    if not same(row.code_hash, _hash(keys, row.id, typed.code)):
        return CodeAnswer.WRONG
    row.used_at = now
    return CodeAnswer.RIGHT


def answer_both(
    db: Session, vault: Vault, keys: KeyRing, *, old: Typed, new: Typed, now: dt.datetime
) -> tuple[CodeAnswer, CodeAnswer]:
    """Try the codes of two phones, the new one's only where the old one's is right.

    A right code beside a wrong one can be tried again; both tries stay counted.
    """
    first = answer_code(db, vault, keys, old, now=now)
    if first is not CodeAnswer.RIGHT:
        return first, CodeAnswer.WRONG
    second = answer_code(db, vault, keys, new, now=now)
    row = rows.newest_code_to_try(db, people.phone_index(vault, old.phone), old.device_id)
    if second is not CodeAnswer.RIGHT and row is not None:
        row.used_at = None
    return first, second


def sign_in(
    db: Session,
    vault: Vault,
    keys: KeyRing,
    settings: SignInSettings,
    *,
    phone: str,
    device_id: str,
    now: dt.datetime,
    device_label: str = "",
) -> SignedIn:
    """Sign the person of a proven phone number in; makes the account on the first time.

    Raises ConflictError where a change of phones keeps this one from beginning an account.
    """
    phone_holds.check_begins(db, vault, phone, now=now)
    learner_id, is_new = people.find_or_create(db, vault, phone, now=now)
    fresh = tokens.start(
        db, keys, settings, learner_id=learner_id, device_id=device_id, device_label=device_label,
        now=now,
    )  # fmt: skip
    wanted = landing(db, learner_id)
    if second_factors.needing(roles.roles_of(db, learner_id)):
        wanted = f"{SECOND_FACTOR}?next={wanted}"
    return SignedIn(fresh, learner_id, is_new, wanted)


def enter(
    db: Session,
    keys: KeyRing,
    settings: SignInSettings,
    *,
    learner_id: str,
    device_id: str,
    now: dt.datetime,
    device_label: str = "",
) -> SignedIn:
    """Sign in a person who showed an entrance of the demo. Raises NotFoundError.

    The entrance stands for the second factor too; production refuses the demo.
    """
    if person_rows.by_id(db, learner_id) is None:
        raise NotFoundError("演示里没有这个人。", remedy="重新启动演示，会显示新的链接")
    fresh = tokens.start(
        db, keys, settings, learner_id=learner_id, device_id=device_id, device_label=device_label,
        now=now, factor=Factor.ENTRANCE,
    )  # fmt: skip
    return SignedIn(fresh, learner_id, is_new=False, next=landing(db, learner_id))


SECOND_FACTOR = "/second-factor"
_LANDINGS = (
    (Role.REVIEWER, "/desk"), (Role.REGULATOR, "/regulator"), (Role.EMPLOYER, "/employer"),
    (Role.INSTITUTION, "/employer"),
    (Role.ADMIN, "/system"), (Role.SECURITY_ADMIN, "/security"), (Role.AUDIT_ADMIN, "/audit"),
)  # fmt: skip


def landing(db: Session, learner_id: str) -> str:
    """Who works here for others lands at their own desk; everybody else where their way goes on."""
    held = roles.roles_of(db, learner_id)
    desk = next((page for role, page in _LANDINGS if role in held), None)
    return desk or next_step(person_rows.by_id(db, learner_id))


def landing_of(db: Session, actor: Actor) -> str:
    """The same for a sign-in: one by a company's account has its organisation's desk alone."""
    return "/employer" if actor.company_org_id else landing(db, actor.account_id)


def next_step(person: Person | None) -> str:
    """The page where a person's way goes on: the name, the way of being checked, or home."""
    if person is None or person.verified_at is None:
        return "/signup/identity"
    return "/home" if person.method else "/signup/consent"


def is_known(db: Session, vault: Vault, phone: str) -> bool:
    """Tell whether a phone number has an account."""
    return person_rows.by_phone(db, people.phone_index(vault, phone)) is not None


def messages(db: Session, vault: Vault) -> list[MessageView]:
    """Return the newest simulated text messages, for the outbox page of a demo."""
    return [
        MessageView(
            vault.open(row.phone_sealed, context=MESSAGE_PHONE),
            vault.open(row.text_sealed, context=MESSAGE_TEXT),
            row.sent_at,
        )
        for row in rows.newest_messages(db, 50)
    ]
