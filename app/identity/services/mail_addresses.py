"""A person's mail address: nothing goes there before a code that was sent there came back."""

import datetime as dt
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyRing, Vault, same
from app.core.errors import InvalidError, NotFoundError, TooManyRequestsError
from app.core.first_rows import add_first
from app.identity.models.outgoing import MAIL, MailAddress, MessageChoice
from app.identity.providers.mail import MailLetter
from app.identity.repository import outgoing as rows
from app.identity.repository import people as person_rows
from app.identity.rules import codes
from app.identity.rules.codes import SentCode
from app.identity.rules.notices import NoticeKind
from app.identity.services import inbox
from app.identity.services.person_keys import own_vault, sealing_vault_of
from app.identity.services.signin import CodeAnswer

# What every mail server takes (RFC 5321, 4.1.2) without quoting; a domain has a dot.
_ADDRESS: Final = re.compile(
    r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+(\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.)+[A-Za-z]{2,63}"
)
_MOST: Final = 120


@dataclass(frozen=True, slots=True)
class MailView:
    """Addresses are empty where there is none; `is_refused`: letters there came back."""

    address: str
    waiting: str
    is_refused: bool
    takes_sms: bool
    takes_mail: bool


def view(db: Session, vault: Vault, person_id: str) -> MailView:
    """Where a person gets what, for their own eyes."""
    row, choice = rows.mail_of(db, person_id), rows.choice_of(db, person_id)
    person = person_rows.by_id(db, person_id)
    own = own_vault(vault, person) if person is not None else vault

    def opened(sealed: bytes | None) -> str:
        return own.open(sealed, context=MAIL) if sealed else ""

    return MailView(
        opened(row.address_sealed if row else None),
        opened(row.waiting_sealed if row else None),
        row is not None and row.refused_at is not None,
        choice is None or choice.takes_sms,
        choice is None or choice.takes_mail,
    )


def read_address(text: str) -> str:
    """Return an address as it is kept. Raises InvalidError that names the field."""
    local, _, domain = text.strip().rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(address) > _MOST or _ADDRESS.fullmatch(address) is None:
        raise InvalidError(
            "邮箱地址不完整。", field="/address", code="address",
            remedy="照 name@example.com 的样子填写，不带空格和中文标点",
        )  # fmt: skip
    return address


def ask(
    db: Session, vault: Vault, keys: KeyRing, person_id: str, address: str, *, now: dt.datetime
) -> MailLetter:
    """Let an address wait for its code; returns the letter with it, to be sent afterwards.

    Raises TooManyRequestsError within a minute of the last code.
    """
    row = _row(db, person_id)
    if wait := codes.wait_before_resend(_sent(row), now):
        raise TooManyRequestsError(
            f"验证码刚发过，请 {wait} 秒后再取。", retry_after_s=wait, remedy="先看看有没有收到邮件"
        )
    code = f"{secrets.randbelow(1_000_000):06d}"
    own = sealing_vault_of(db, vault, person_id, now=now)
    row.waiting_sealed = own.seal(address, context=MAIL)
    row.code_hash, row.code_sent_at, row.tries = _hash(keys, person_id, code), now, 0
    text = f"您好：\n\n邮箱验证码是 {code}，5 分钟内有效。不是您本人填写的，请不用理会。\n"
    return MailLetter(address, "【实学】邮箱验证码", f"{person_id}.{secrets.token_hex(8)}", text)


def _row(db: Session, person_id: str) -> MailAddress:
    row = rows.mail_of(db, person_id)
    if row is None:
        add_first(db, MailAddress(person_id=person_id, tries=0))
        row = rows.mail_of(db, person_id)
    if row is None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    return row


def _sent(row: MailAddress) -> SentCode | None:
    if row.code_sent_at is None:
        return None
    used = row.code_hash is None
    return SentCode(row.code_sent_at, row.code_sent_at + codes.LIFE, row.tries, is_used=used)


def _hash(keys: KeyRing, person_id: str, code: str) -> str:
    return hmac.new(keys.secret("codes"), f"mail:{person_id}:{code}".encode(), "sha256").hexdigest()


def confirm(
    db: Session, keys: KeyRing, person_id: str, code: str, *, now: dt.datetime
) -> CodeAnswer:
    """Try a code; a wrong one is counted, so the caller must let the write stand."""
    person_rows.lock(db, person_id)
    row = rows.mail_of(db, person_id)
    if row is None or row.code_hash is None or not codes.may_be_tried(_sent(row), now):
        return CodeAnswer.SPENT
    row.tries += 1
    if not same(row.code_hash, _hash(keys, person_id, code)):
        return CodeAnswer.WRONG
    row.address_sealed, row.proven_at, row.refused_at = row.waiting_sealed, now, None
    row.waiting_sealed, row.code_hash = None, None
    audit.record(db, "person.mail_proven", now=now, actor_id=person_id, subject_id=person_id)
    inbox.notify(db, person_id, NoticeKind.MAIL_PROVEN, now=now)
    return CodeAnswer.RIGHT


def remove(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """Forget the address, and one that waits. Raises NotFoundError."""
    row = rows.mail_of(db, person_id)
    if row is None:
        raise NotFoundError("没有填过邮箱。", remedy="请刷新页面")
    db.delete(row)
    audit.record(db, "person.mail_removed", now=now, actor_id=person_id, subject_id=person_id)


def choose(
    db: Session, person_id: str, *, takes_sms: bool, takes_mail: bool, now: dt.datetime
) -> None:
    """Write down what a person takes beside the inbox; what waits to be sent keeps to it too."""
    row = rows.choice_of(db, person_id)
    if row is None:
        fresh = MessageChoice(
            person_id=person_id, takes_sms=takes_sms, takes_mail=takes_mail, changed_at=now
        )
        add_first(db, fresh)
        row = rows.choice_of(db, person_id)
    if row is not None:
        row.takes_sms, row.takes_mail, row.changed_at = takes_sms, takes_mail, now
    audit.record(db, "person.messages_chosen", now=now, actor_id=person_id, subject_id=person_id)
