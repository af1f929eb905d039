"""The way to a company's page and back: begun in one browser, taken once, there and in time."""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyRing, Vault, b64url
from app.core.errors import ForbiddenError, NotFoundError
from app.core.ids import new_id
from app.core.settings import SignInSettings
from app.identity.models.company_sign_ins import CompanySignIn, CompanyTrip
from app.identity.providers.companies import CompanyDoors
from app.identity.providers.company_doors import Came, CompanyError, Door, Going
from app.identity.repository import company_sign_ins as rows
from app.identity.repository import people as person_rows
from app.identity.repository import signing
from app.identity.rules.actors import Actor
from app.identity.rules.company_sign_ins import TRIP_LIFE, Trouble, second_factor_since
from app.identity.rules.notices import NoticeKind
from app.identity.rules.second_factors import Factor
from app.identity.services import company_accounts, company_sign_ins, inbox, roles, tokens
from app.identity.services.tokens import Tokens

__all__ = [
    "Came",
    "CameBack",
    "CompanyDoors",
    "CompanyError",
    "Departure",
    "Entered",
    "Taken",
    "begin",
    "check_may_link",
    "enter",
    "leave",
    "link",
    "note_failed",
    "return_url_of",
    "take",
]  # fmt: skip
FAILED = "company_sign_in.failed"
_KEPT = dt.timedelta(days=1)
_EVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DESK = "/employer"


@dataclass(frozen=True, slots=True)
class Departure:
    setting_id: str
    org_id: str
    door: Door


@dataclass(frozen=True, slots=True)
class CameBack:
    """What our page says came back: to which organisation's address, and what stood in it."""

    org_id: str
    state: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A trip that came back. `person_id` is who wants to link an account, None for a sign-in."""

    setting_id: str
    org_id: str
    door: Door
    going: Going
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    tokens: Tokens
    person_id: str
    next: str


def leave(db: Session, vault: Vault, org_id: str | None) -> Departure:
    """Return where an organisation's people sign in.

    Raises NotFoundError, in the same words for an unknown organisation and one without.
    """
    row = rows.standing(db, org_id) if org_id else None
    if row is None or not row.is_on:
        raise NotFoundError(
            "没有找到开通公司账号登录的单位。",
            remedy="请填单位全称或统一社会信用代码；单位没有开通的，用手机号登录",
        )
    return Departure(row.id, row.org_id, company_sign_ins.door_of(vault, row))


def check_may_link(actor: Actor, org_id: str) -> None:
    """Stand before a link: for who acts for that organisation, by a passed second factor.

    Raises ForbiddenError.
    """
    if actor.roles_held_back:
        raise ForbiddenError(
            "绑定公司账号要先完成二次验证。", code="second_factor", remedy="请打开二次验证页面"
        )
    if org_id not in actor.org_ids:
        raise ForbiddenError("您不是这个单位的经办人。", remedy="请选您所在的单位")


def begin(
    db: Session, keys: KeyRing, leaving: Departure, *, public_url: str, device_id: str,
    actor: Actor | None, now: dt.datetime,
) -> Going:  # fmt: skip
    """Write a trip down and return what is said on it; `actor` is who wants to link."""
    rows.forget_trips(db, before=now - _KEPT)
    state = secrets.token_hex(32)  # 企业微信 takes letters and digits only
    db.add(
        CompanyTrip(
            id=new_id(now), company_sign_in_id=leaving.setting_id,
            state_hash=_derived(keys, "state", state), device_id=device_id,
            person_id=actor.account_id if actor else None,
            sign_in_id=actor.sign_in_id if actor else None, started_at=now,
            expires_at=now + TRIP_LIFE,
        )
    )  # fmt: skip
    return _going(keys, state, public_url, leaving.org_id)


def _derived(keys: KeyRing, what: str, state: str) -> str:
    """What belongs to a trip is derived from its state and a key: a dump holds none of it."""
    text = f"company.{what}:{state}".encode()
    raw = hmac.new(keys.secret("codes"), text, hashlib.sha256).digest()
    return raw.hex() if what in ("state", "code") else b64url(raw)


def return_url_of(public_url: str, org_id: str) -> str:
    """Where the page of an organisation leads back to: nobody else's does (RFC 9700, 4.4.2.2)."""
    return f"{public_url.rstrip('/')}/sign-in/company/return/{org_id}"


def _going(keys: KeyRing, state: str, public_url: str, org_id: str) -> Going:
    return Going(
        return_url=return_url_of(public_url, org_id), state=state,
        nonce=_derived(keys, "nonce", state), verifier=_derived(keys, "verifier", state),
    )  # fmt: skip


def take(
    db: Session, vault: Vault, keys: KeyRing, back: CameBack, *, public_url: str,
    device_id: str, actor: Actor | None, now: dt.datetime,
) -> Taken | Trouble:  # fmt: skip
    """Spend the trip of a state in this browser, or say why it ends nowhere; that is on record.

    One on which an account is to be linked ends in the sign-in in which it began. One that comes
    back as another organisation's, or with a code that came back before, was mixed up: whoever
    runs one organisation's sign-in would get hold of the codes of another.
    """
    state_hash = _derived(keys, "state", back.state)
    trip = rows.take_trip(db, state_hash, device_id, now=now)
    if trip is None:
        lost = rows.trip_of(db, state_hash)
        if lost is not None:
            note_failed(db, lost.company_sign_in_id, Trouble.LOST, now=now)
        return Trouble.LOST
    row = rows.setting(db, trip.company_sign_in_id)
    trouble = _trouble_of(db, keys, trip, row, back, actor)
    if row is None or trouble is not None:
        note_failed(db, trip.company_sign_in_id, trouble or Trouble.LOST, now=now)
        return trouble or Trouble.LOST
    return Taken(
        setting_id=row.id, org_id=row.org_id, door=company_sign_ins.door_of(vault, row),
        going=_going(keys, back.state, public_url, row.org_id), person_id=trip.person_id,
    )  # fmt: skip


def _trouble_of(
    db: Session, keys: KeyRing, trip: CompanyTrip, row: CompanySignIn | None, back: CameBack,
    actor: Actor | None,
) -> Trouble | None:  # fmt: skip
    has_come = False
    if back.code:
        code_hash = _derived(keys, "code", back.code)
        has_come = rows.has_come(db, code_hash)
        trip.code_hash = code_hash
    if row is None or not row.is_on or row.ended_at is not None:
        return Trouble.LOST
    if trip.person_id is not None and (actor is None or actor.sign_in_id != trip.sign_in_id):
        return Trouble.LOST
    return Trouble.MIXED_UP if has_come or row.org_id != back.org_id else None


def link(
    db: Session, vault: Vault, taken: Taken, came: Came, *, actor: Actor | None, now: dt.datetime
) -> Trouble | None:
    """Link the account that came back to the person who left. Raises ForbiddenError.

    The company answers when it likes: what ended meanwhile (the sign-in, the role) links nothing,
    and is looked at again under the person's lock.
    """
    if actor is None or actor.account_id != taken.person_id:
        return Trouble.LOST
    check_may_link(actor, taken.org_id)
    rows.lock_setting(db, taken.setting_id)  # first, as everybody else does
    if person_rows.lock(db, actor.account_id) is None or not _goes_on(db, actor, taken, now):
        return Trouble.LOST
    return company_accounts.link(
        db, vault, actor.account_id, taken.setting_id, came.subject, now=now
    )


def _goes_on(db: Session, actor: Actor, taken: Taken, now: dt.datetime) -> bool:
    begun = signing.sign_in(db, actor.sign_in_id)
    is_on = begun is not None and begun.revoked_at is None and begun.expires_at > now
    return is_on and taken.org_id in roles.org_ids_of(db, actor.account_id)


def enter(
    db: Session, vault: Vault, keys: KeyRing, settings: SignInSettings, taken: Taken, came: Came,
    *, device_id: str, device_label: str, now: dt.datetime,
) -> Entered | Trouble:  # fmt: skip
    """Sign in whoever linked this account and still acts for the organisation.

    Whether the sign-in stands is looked at again under its lock: it may have been switched off
    while the company answered. The person is told of a device that they never used.
    """
    row = rows.lock_setting(db, taken.setting_id)
    if row is None or not row.is_on or row.ended_at is not None:
        return Trouble.LOST
    index = company_accounts.subject_index(vault, taken.setting_id, came.subject)
    account = rows.by_subject(db, taken.setting_id, index)
    if account is None or taken.org_id not in roles.org_ids_of(db, account.person_id):
        return Trouble.NOT_LINKED
    account.used_at = now
    since = (
        second_factor_since(came.acr, came.amr, came.auth_time, now)
        if taken.door.trusts_second_factor
        else None
    )
    if not signing.was_on_device(db, account.person_id, device_id, _EVER):
        inbox.notify(db, account.person_id, NoticeKind.COMPANY_USED, now=now)
    fresh = tokens.start(
        db, keys, settings, learner_id=account.person_id, device_id=device_id,
        device_label=f"{device_label} 公司账号".strip()[:40], now=now,
        factor=Factor.COMPANY if since else None, factor_at=since,
        company_account_id=account.id,
    )  # fmt: skip
    where = _DESK if since else f"/second-factor?next={_DESK}"
    return Entered(fresh, account.person_id, where)


def note_failed(db: Session, setting_id: str, trouble: Trouble, *, now: dt.datetime) -> None:
    """Put on record that somebody was not let in, and why."""
    audit.record(db, FAILED, now=now, actor_id=None, subject_id=setting_id, trouble=trouble.value)
