"""Security keys (WebAuthn): registered and answered with, each time with the holder verified."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers.exceptions import WebAuthnException

from app.core import audit
from app.core.crypto import b64url, from_b64url
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.models.second_factors import SecurityKey
from app.identity.repository import second_factors as rows
from app.identity.repository import signing
from app.identity.rules.actors import Actor
from app.identity.rules.second_factors import CHALLENGE_LIFE, Factor
from app.identity.services import second_factors

REGISTER, ANSWER = "register", "answer"
MOST = 10
_CHALLENGE = 32


@dataclass(frozen=True, slots=True)
class House:
    """Whom keys are made for: the host name, and the origin that the browser must name."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the browser is asked with: the challenge, and the keys that are meant."""

    challenge: str
    credential_ids: tuple[str, ...]


def begin(db: Session, actor: Actor, purpose: str, *, now: dt.datetime) -> Wanted:
    """Draw a challenge for this sign-in; one drawn before is worth nothing any more."""
    row = signing.sign_in(db, actor.sign_in_id)
    if row is None:
        raise NotFoundError("登录已结束。", remedy="请重新登录")
    challenge = secrets.token_bytes(_CHALLENGE)
    row.key_challenge, row.key_challenge_at, row.key_challenge_for = challenge, now, purpose
    known = tuple(b64url(key.credential_id) for key in rows.keys_of(db, actor.account_id))
    if purpose == REGISTER and len(known) >= MOST:
        raise ConflictError(f"最多登记 {MOST} 个安全密钥。", remedy="请先移除不用的")
    return Wanted(b64url(challenge), known)


def _take_challenge(db: Session, actor: Actor, purpose: str, now: dt.datetime) -> bytes | None:
    """The sign-in's challenge, which counts once and for what it was drawn."""
    row = signing.sign_in_to_renew(db, actor.sign_in_id)
    if row is None or row.key_challenge is None or row.key_challenge_at is None:
        return None
    challenge, drawn_at, drawn_for = row.key_challenge, row.key_challenge_at, row.key_challenge_for
    row.key_challenge = row.key_challenge_at = row.key_challenge_for = None
    return challenge if drawn_for == purpose and now < drawn_at + CHALLENGE_LIFE else None


def register(
    db: Session, house: House, actor: Actor, credential: dict[str, Any], *, label: str,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Take a new key of the caller's; tells whether it is good."""
    challenge = _take_challenge(db, actor, REGISTER, now)
    if challenge is None:
        return False
    try:
        made = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=house.host,
            expected_origin=house.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError):
        return False
    if rows.key_by_credential(db, made.credential_id) is not None:
        return False
    db.add(
        SecurityKey(
            id=new_id(now), person_id=actor.account_id, credential_id=made.credential_id,
            public_key=made.credential_public_key, sign_count=made.sign_count, label=label,
            registered_at=now, used_at=now,
        )
    )  # fmt: skip
    second_factors.note_added(db, actor, Factor.KEY, now=now)
    second_factors.note_passed(db, actor, Factor.KEY, now=now)
    return True


def answer(
    db: Session, house: House, actor: Actor, credential: dict[str, Any], *, now: dt.datetime
) -> bool:
    """Try an assertion of one of the caller's keys; a wrong one is remembered."""
    is_right = _is_right(db, house, actor, credential, now)
    if is_right:
        second_factors.note_passed(db, actor, Factor.KEY, now=now)
    else:
        second_factors.note_failed(db, actor, Factor.KEY.value, now=now)
    return is_right


def _is_right(
    db: Session, house: House, actor: Actor, credential: dict[str, Any], now: dt.datetime
) -> bool:
    challenge = _take_challenge(db, actor, ANSWER, now)
    key = rows.key_by_credential(db, read_bytes(credential["id"], "/id"))
    if challenge is None or key is None or key.person_id != actor.account_id:
        return False
    try:
        done = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=house.host,
            expected_origin=house.origin, credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError):
        return False
    key.sign_count, key.used_at = done.new_sign_count, now
    return True


def remove(db: Session, actor: Actor, key_id: str, *, now: dt.datetime) -> None:
    """Take a key away. Raises NotFoundError, ConflictError for the only factor there is."""
    found = second_factors.check_may_change(db, actor)
    row = next((key for key in rows.keys_of(db, actor.account_id) if key.id == key_id), None)
    if row is None:
        raise NotFoundError("没有这个安全密钥。", remedy="请刷新页面")
    if not found.has_totp and len(found.keys) == 1:
        raise ConflictError(
            "这是您唯一的二次验证方式。", code="only_factor", remedy="请先添加另一种，再移除它"
        )
    db.delete(row)
    audit.record(
        db, second_factors.REMOVED, now=now, actor_id=actor.account_id,
        subject_id=actor.account_id, factor=Factor.KEY.value,
    )  # fmt: skip


def read_bytes(text: str, field: str) -> bytes:
    """Read what a browser sends as base64url. Raises InvalidError."""
    try:
        return from_b64url(text)
    except ValueError:
        raise InvalidError(
            "安全密钥的回答读不懂。", field=field, remedy="请重新插入密钥再试"
        ) from None
