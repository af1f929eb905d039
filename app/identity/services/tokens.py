"""Access and refresh tokens: who a token speaks for, renewing, and noticing a stolen one."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass

import jwt
from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import KeyRing, Vault, b64url, same
from app.core.ids import new_id
from app.core.settings import SignInSettings
from app.identity.models.signing import SignIn
from app.identity.repository import company_sign_ins, people, signing
from app.identity.rules import second_factors
from app.identity.rules.actors import Actor, acting_among
from app.identity.rules.second_factors import Factor
from app.identity.services import people as people_services
from app.identity.services import roles

_ISSUER = "shixue"
# Two tabs may renew with the same token at the same moment; that is no theft.
_GRACE = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A short-lived access token and the refresh token that can be used once."""

    access: str
    refresh: str
    access_s: int
    refresh_s: int


def _refresh_token(keys: KeyRing, sign_in_id: str, generation: int) -> str:
    """Make the refresh token of a generation: derived and not stored, so a dump holds none."""
    body = f"{sign_in_id}.{generation}"
    mac = hmac.new(keys.secret("refresh"), body.encode(), hashlib.sha256).digest()
    return f"{body}.{b64url(mac)}"


def _read_refresh(keys: KeyRing, token: str) -> tuple[str, int] | None:
    """Return sign-in and generation of a token that we made."""
    sign_in_id, _, rest = token.partition(".")
    generation, _, _ = rest.partition(".")
    if not (generation.isascii() and generation.isdigit() and len(generation) < 10):
        return None
    if not same(token, _refresh_token(keys, sign_in_id, int(generation))):
        return None
    return sign_in_id, int(generation)


def start(
    db: Session,
    keys: KeyRing,
    settings: SignInSettings,
    *,
    learner_id: str,
    device_id: str,
    now: dt.datetime,
    device_label: str = "",
    factor: Factor | None = None,
    factor_at: dt.datetime | None = None,
    company_account_id: str | None = None,
) -> Tokens:
    """Open a sign-in of a person on a device and return its first tokens.

    An earlier one of theirs on this device ends: its tokens were in the cookies that these replace.
    """
    signing.revoke_on_device(db, learner_id, device_id, now=now)
    row = SignIn(
        id=new_id(now), person_id=learner_id, device_id=device_id, device_label=device_label,
        started_at=now,
        expires_at=now + dt.timedelta(seconds=settings.refresh_s), generation=1, renewed_at=now,
        second_factor=factor.value if factor else None,
        second_factor_at=(factor_at or now) if factor else None,
        company_account_id=company_account_id,
    )  # fmt: skip
    db.add(row)
    by_company = {"company_account": company_account_id} if company_account_id else {}
    audit.record(
        db, "sign_in.started", now=now, actor_id=learner_id, subject_id=row.id, **by_company
    )
    return _tokens(keys, settings, row.id, 1, now)


def _tokens(
    keys: KeyRing, settings: SignInSettings, sign_in_id: str, generation: int, now: dt.datetime
) -> Tokens:
    claims = {
        "iss": _ISSUER, "sid": sign_in_id, "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + settings.access_s,
    }  # fmt: skip
    access = jwt.encode(claims, keys.secret("access"), algorithm="HS256")
    refresh = _refresh_token(keys, sign_in_id, generation)
    return Tokens(access, refresh, settings.access_s, settings.refresh_s)


def _sign_in_id(keys: KeyRing, access: str, now: dt.datetime) -> str | None:
    """Read the sign-in of a token that we signed and that has not run out by our own clock."""
    try:
        claims = jwt.decode(
            access, keys.secret("access"), algorithms=["HS256"], issuer=_ISSUER,
            options={"verify_exp": False, "verify_iat": False, "require": ["exp", "sid"]},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return None
    return str(claims["sid"]) if int(claims["exp"]) > now.timestamp() else None


def actor_of(db: Session, keys: KeyRing, access: str, *, now: dt.datetime) -> Actor | None:
    """Return the caller an access token speaks for; None for a bad, old or revoked one."""
    sign_in_id = _sign_in_id(keys, access, now)
    row = signing.sign_in(db, sign_in_id) if sign_in_id else None
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    person = people.by_id(db, row.person_id)
    if person is None:
        return None
    grants = people.grants_of(db, person.id)
    org_ids = roles.org_ids_of(db, person.id)
    acting = acting_among(org_ids, row.acting_org_id)
    held = roles.roles_among(grants, acting)
    region = next((grant.region_code for grant in grants if grant.region_code), None)
    company_org_id = ""
    if row.company_account_id is not None:
        # What a company vouches for is its own desk, whatever else the person may do.
        company_org_id = _company_org_id(db, row.company_account_id, org_ids)
        if not company_org_id:
            return None
        acting, org_ids, region = company_org_id, (company_org_id,), None
        held = roles.roles_in(db, person.id, company_org_id)
    is_passed = second_factors.is_passed(row.second_factor_at, now)
    is_awake = is_passed and person.verified_at is not None
    elsewhere = frozenset() if company_org_id else roles.roles_of(db, person.id) - held
    held_back = frozenset() if is_awake else second_factors.needing(held | elsewhere)
    own = (acting,) if acting is not None and is_awake else ()
    return Actor(
        account_id=person.id, learner_id=person.id, roles=held - held_back, org_ids=own,
        region_code=region if is_awake else None, device_id=row.device_id, sign_in_id=row.id,
        is_verified=person.verified_at is not None,
        display_name=people_services.name_of(Vault(keys), person),
        has_second_factor=is_passed, roles_held_back=held_back, company_org_id=company_org_id,
        duties=roles.duties_among(grants, own), held_org_ids=org_ids if is_awake else (),
        roles_elsewhere=elsewhere if is_awake else frozenset(),
    )  # fmt: skip


def _company_org_id(db: Session, account_id: str, org_ids: Collection[str]) -> str:
    """The organisation that vouches for a company account; empty where it does no longer."""
    setting = company_sign_ins.setting_of_account(db, account_id)
    if setting is None or not setting.is_on or setting.org_id not in org_ids:
        return ""
    return setting.org_id


def renew(
    db: Session,
    keys: KeyRing,
    settings: SignInSettings,
    refresh: str,
    *,
    device_id: str,
    now: dt.datetime,
) -> Tokens | None:
    """Trade a refresh token for new ones; None where it is unknown, old, revoked or stolen.

    A token that was traded before (beyond a short grace) means that two parties hold the chain,
    one that comes from another device than it was given to that it was copied: the whole sign-in
    ends, whoever of them came now.
    """
    found = _read_refresh(keys, refresh)
    row = signing.sign_in_to_renew(db, found[0]) if found else None
    if found is None or row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    if row.device_id != device_id:
        signing.revoke(db, row.id, reason="other_device", now=now)
        audit.record(db, "sign_in.other_device", now=now, actor_id=None, subject_id=row.id)
        return None
    if found[1] == row.generation:
        row.generation += 1
        row.renewed_at = now
    elif found[1] != row.generation - 1 or now - row.renewed_at > _GRACE:
        signing.revoke(db, row.id, reason="reuse", now=now)
        audit.record(db, "sign_in.reuse", now=now, actor_id=None, subject_id=row.id)
        return None
    return _tokens(keys, settings, row.id, row.generation, now)


def end(db: Session, sign_in_id: str, *, now: dt.datetime) -> None:
    """Sign out."""
    signing.revoke(db, sign_in_id, reason="signed_out", now=now)
