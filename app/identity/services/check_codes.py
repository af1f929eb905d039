"""Codes by text message for checks while studying: one a minute, good for what is asked in it."""

import datetime as dt
import hmac
import secrets
from typing import Final

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault
from app.core.db import Database
from app.identity.models.checks import IdentityCheck
from app.identity.models.people import PHONE
from app.identity.providers import SmsSender
from app.identity.providers.wire import VendorError
from app.identity.repository import checks as rows
from app.identity.repository import people as person_rows
from app.identity.rules.checks import CheckOutcome
from app.identity.rules.codes import RESEND_AFTER
from app.identity.rules.vendor_calls import may_have_been_done
from app.identity.services.person_keys import own_vault

SEND_CODE: Final = "send_check_code"


def has_running_code(db: Session, check_id: str | None, *, now: dt.datetime) -> bool:
    """Tell whether the code of this check was asked for within the last minute."""
    check = rows.check(db, check_id) if check_id else None
    if check is None or check.outcome is not None or check.question is None:
        return False
    return now < check.opened_at + RESEND_AFTER


def runs_on(sent: IdentityCheck, now: dt.datetime) -> bool:
    """A code that was used is over; any other is good for the next check of the same minute."""
    is_used = sent.outcome == CheckOutcome.PASSED.value
    return sent.code_sent_at is not None and not is_used and now < sent.code_sent_at + RESEND_AFTER


def send_code(
    database: Database, vault: Vault, keys: KeyRing, sms: SmsSender, *, check_id: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Draw the code of a check, keep its hash, then send it; sent again, it is another code.

    Within a minute of another check's code nothing is sent: that one is good for this check too.

    Raises VendorError where it surely was not sent. Where it may have been, it is left at that: a
    second code behind a late first one confuses, and the person can ask for one with one tap.
    """
    code = f"{secrets.randbelow(1_000_000):06d}"
    with database.transaction() as db:
        check = rows.check(db, check_id)
        person = person_rows.lock(db, check.person_id) if check else None
        is_over = check is None or check.outcome is not None
        if check is None or is_over or person is None or person.deleted_at is not None:
            return
        sent = rows.newest_code(db, person.id)
        if sent is not None and sent.id != check_id and runs_on(sent, now):
            check.code_hash, check.code_sent_at = sent.code_hash, sent.code_sent_at
            return
        check.code_hash, check.code_sent_at = code_hash(keys, person.id, code), now
        phone = own_vault(vault, person).open(person.phone_sealed, context=PHONE)
    try:
        sms.send_code(phone=phone, code=code, now=now)
    except VendorError as error:
        if not may_have_been_done(error.failure):
            raise


def code_hash(keys: KeyRing, owner_id: str, code: str) -> str:
    """`owner_id`: whose code it is; of a code on a screen, the check that it is typed for."""
    return hmac.new(keys.secret("codes"), f"{owner_id}:{code}".encode(), "sha256").hexdigest()
