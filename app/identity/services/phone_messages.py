"""Telling the old phone what is done with its account, and the code with which it objects."""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault
from app.core.db import Database
from app.core.errors import NotFoundError
from app.identity.models.phone_changes import NEW_PHONE, OLD_PHONE
from app.identity.providers import SmsSender
from app.identity.providers.wire import VendorError
from app.identity.repository import people as person_rows
from app.identity.repository import phone_changes as rows
from app.identity.rules.names import mask_phone
from app.identity.rules.phone_changes import number_of
from app.identity.rules.vendor_calls import may_have_been_done
from app.identity.services import phone_objections
from app.identity.services.person_keys import own_vault

# Without letters and digits that look like one another; 40 bits, and tries are limited.
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
STOP_CODE_LENGTH = 8
# A template's place takes 35 characters; the code stands in the place of the matter's number.
_OBJECT = "，非本人请凭编号在登录页停止"
_SAYS = {
    "waiting": "您的账号将改用{new}" + _OBJECT,
    "at_desk": "有人申请账号改用{new}" + _OBJECT,
    "done": "您的账号已改用{new}" + _OBJECT,
    "refused": "换号申请没有通过，账号仍用原手机号",
    "undone": "您的账号已改回本机号码登录",
}
_WITH_CODE = frozenset({"waiting", "at_desk", "done"})


@dataclass(frozen=True, slots=True)
class Post:
    """What a message needs beside the database."""

    vault: Vault
    keys: KeyRing
    sms: SmsSender


def stop_hash(keys: KeyRing, code: str) -> str:
    """What is kept of a code: spaces and small letters make no difference."""
    plain = "".join(code.split()).upper()
    text = f"phone-stop:{plain}"
    return hmac.new(keys.secret("recovery"), text.encode(), hashlib.sha256).hexdigest()


def tell(database: Database, post: Post, change_id: str, says: str, *, now: dt.datetime) -> None:
    """Send the old phone a message; one sent again has another code, and the last one counts.

    The new phone hears of a refusal, since nobody is signed in to be told. Raises VendorError where
    it surely was not sent.
    """
    code = "".join(secrets.choice(_LETTERS) for _ in range(STOP_CODE_LENGTH))
    with database.transaction() as db:
        row = rows.change_to_move(db, change_id)
        person = person_rows.by_id(db, row.person_id) if row and row.person_id else None
        if row is None or person is None or person.deleted_at is not None:
            return
        own = own_vault(post.vault, person)
        new = own.open(row.phone_sealed or b"", context=NEW_PHONE)
        phone = new if says == "refused" else own.open(
            row.old_phone_sealed or b"", context=OLD_PHONE
        )  # fmt: skip
        number, words = number_of(change_id), _SAYS[says].format(new=mask_phone(new))
        if says in _WITH_CODE:
            row.stop_hash, number = stop_hash(post.keys, code), code
    try:
        post.sms.send_answer(phone=phone, number=number, answer=words, now=now)
    except VendorError as error:
        if not may_have_been_done(error.failure):
            raise


def stop(db: Session, vault: Vault, keys: KeyRing, code: str, *, now: dt.datetime) -> None:
    """Object with the code that the old phone was sent. Raises NotFoundError."""
    found = rows.by_stop_hash(db, stop_hash(keys, code))
    row = rows.change_to_move(db, found.id) if found is not None else None
    if row is None:
        raise NotFoundError("没有这个编号。", field="/code", remedy="请照短信里的 8 位编号填写")
    phone_objections.object_to(db, vault, row, now=now)
