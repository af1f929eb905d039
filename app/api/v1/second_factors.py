"""The second factor: setting it up, and passing it after the phone's code."""

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import WRITING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.core.settings import Settings
from app.identity.rules.actors import Actor
from app.identity.services import second_factors, security_keys, signin, totp_enrolment
from app.lobby import limits
from app.lobby.deps import CurrentActor, Db, DeskActor, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.parts import Parts
from app.lobby.paths import RowId

router = APIRouter(tags=["second factor"])
Bytes64 = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[A-Za-z0-9_-]+$")]
_REFUSALS = (NotSignedInError, ForbiddenError, TooManyRequestsError)


class TotpIn(Body):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]


class AnyCodeIn(Body):
    code: Annotated[PersonText, Field(min_length=1, max_length=20)]


class NewKeyIn(Body):
    """What a browser's new credential holds, its bytes as base64url without padding."""

    label: Annotated[PersonText, Field(min_length=1, max_length=40)]
    id: Bytes64
    client_data: Bytes64
    attestation: Bytes64


class AssertionIn(Body):
    """What a key answers with, its bytes as base64url without padding."""

    id: Bytes64
    client_data: Bytes64
    authenticator_data: Bytes64
    signature: Bytes64


class KeyOut(BaseModel):
    key_id: str
    label: str
    registered_at: dt.datetime
    used_at: dt.datetime


class FactorsOut(BaseModel):
    is_passed: bool
    has_totp: bool
    keys: list[KeyOut]
    recovery_left: int


class TotpOut(BaseModel):
    """Shown once, to be read by the app."""

    secret: str
    address: str
    qr_svg: str


class AddedOut(BaseModel):
    """`recovery_codes` come with the first factor only, and are shown this once."""

    recovery_codes: list[str]


class PassedOut(BaseModel):
    next: str


class KeyWanted(BaseModel):
    """For `navigator.credentials`; the holder is always verified."""

    challenge: str
    host: str
    account_id: str
    account: str
    credential_ids: list[str]
    user_verification: Literal["required"] = "required"


def _house(settings: Settings) -> security_keys.House:
    host = urlsplit(settings.public_url).hostname or ""
    return security_keys.House(host, settings.public_url.rstrip("/"))


@router.get("/me/second-factors", responses=may_raise(NotSignedInError))
def list_factors(actor: DeskActor, db: ReadDb) -> FactorsOut:
    """What the caller has set up, and whether this sign-in has passed."""
    found = second_factors.view(db, actor.account_id)
    return FactorsOut(
        is_passed=actor.has_second_factor, has_totp=found.has_totp,
        recovery_left=found.recovery_left,
        keys=[
            KeyOut(
                key_id=key.key_id, label=key.label, registered_at=key.registered_at,
                used_at=key.used_at,
            )
            for key in found.keys
        ],
    )  # fmt: skip


@router.post(
    "/me/second-factors/totp", status_code=status.HTTP_201_CREATED,
    responses=may_raise(NotSignedInError, ForbiddenError),
)  # fmt: skip
def begin_totp(actor: CurrentActor, db: Db, parts: PartsDep) -> TotpOut:
    """Draw a secret for an authenticator app; it counts once its first code came back."""
    drawn = totp_enrolment.begin(db, parts.vault, actor)
    return TotpOut(secret=drawn.secret, address=drawn.address, qr_svg=drawn.qr_svg)


@router.post("/me/second-factors/totp/confirmation", responses=may_raise(InvalidError, *_REFUSALS))
def confirm_totp(body: TotpIn, actor: CurrentActor, parts: PartsDep, now: Now) -> AddedOut:
    """Let the app count from its first code on; the sign-in has passed with it."""
    limits.before_second_factor(parts, actor=actor, now=now)
    with parts.database.transaction() as db:
        made = totp_enrolment.confirm(db, parts.vault, parts.keys, actor, body.code, now=now)
    if made is None:
        raise InvalidError(
            "动态码不对。", field="/code", code="wrong_code",
            remedy="请看应用里现在的 6 位数字，并核对手机时间",
        )  # fmt: skip
    return AddedOut(recovery_codes=list(made))


@router.post(
    "/me/second-factors/recovery-codes", status_code=status.HTTP_201_CREATED,
    responses=may_raise(NotSignedInError, ForbiddenError, ConflictError),
)  # fmt: skip
def renew_recovery_codes(actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> AddedOut:
    """Make a new sheet of recovery codes; the one before is worth nothing any more."""
    made = second_factors.renew_recovery_codes(db, parts.keys, actor, now=now)
    return AddedOut(recovery_codes=list(made))


@router.post(
    "/me/second-factors/key-options",
    responses=may_raise(NotSignedInError, ForbiddenError, ConflictError),
)
def begin_key(actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> KeyWanted:
    """Draw a challenge for a new security key."""
    second_factors.check_may_change(db, actor)
    wanted = security_keys.begin(db, actor, security_keys.REGISTER, now=now)
    return _wanted(parts, actor, wanted)


@router.post(
    "/me/second-factors/keys", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, *_REFUSALS),
)  # fmt: skip
def add_key(body: NewKeyIn, actor: CurrentActor, parts: PartsDep, now: Now) -> AddedOut:
    """Take a security key that verified its holder; the sign-in has passed with it."""
    limits.before_second_factor(parts, actor=actor, now=now)
    credential = _credential(
        body.id, clientDataJSON=body.client_data, attestationObject=body.attestation
    )
    with parts.database.transaction() as db:
        had = second_factors.check_may_change(db, actor)
        is_good = security_keys.register(
            db, _house(parts.settings), actor, credential, label=body.label, now=now
        )
        codes = () if had.is_enrolled or not is_good else (
            second_factors.make_recovery_codes(db, parts.keys, actor.account_id, now=now)
        )  # fmt: skip
    if not is_good:
        raise _key_refused()
    return AddedOut(recovery_codes=list(codes))


@router.delete(
    "/me/second-factors/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def remove_key(key_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Take one of the caller's keys away, never the only factor."""
    security_keys.remove(db, actor, key_id, now=now)


@router.post("/auth/second-factor", responses=may_raise(InvalidError, *_REFUSALS))
def answer_code(body: AnyCodeIn, actor: DeskActor, parts: PartsDep, now: Now) -> PassedOut:
    """Pass with a code of the app, or one of the recovery sheet."""
    limits.before_second_factor(parts, actor=actor, now=now)
    with parts.database.transaction() as db:
        # A wrong answer is a result and no exception, so that it stays on record.
        factor = second_factors.answer_code(db, parts.vault, parts.keys, actor, body.code, now=now)
        where = signin.landing_of(db, actor)
    if factor is None:
        raise InvalidError(
            "动态码不对，或者已经用过。", field="/code", code="wrong_code",
            remedy="请等应用里出现下一个码再试；手机丢了，用一条备用码",
        )  # fmt: skip
    return PassedOut(next=where)


@router.post(
    "/auth/second-factor/key-options", responses=may_raise(NotSignedInError, ForbiddenError)
)
def begin_answer(actor: DeskActor, db: Db, parts: PartsDep, now: Now) -> KeyWanted:
    """Draw a challenge for one of the caller's keys."""
    wanted = security_keys.begin(db, actor, security_keys.ANSWER, now=now)
    return _wanted(parts, actor, wanted)


@router.post("/auth/second-factor/key", responses=may_raise(InvalidError, *_REFUSALS))
def answer_key(body: AssertionIn, actor: DeskActor, parts: PartsDep, now: Now) -> PassedOut:
    """Pass with a security key that verified its holder."""
    limits.before_second_factor(parts, actor=actor, now=now)
    credential = _credential(
        body.id, clientDataJSON=body.client_data, authenticatorData=body.authenticator_data,
        signature=body.signature,
    )  # fmt: skip
    with parts.database.transaction() as db:
        is_right = security_keys.answer(db, _house(parts.settings), actor, credential, now=now)
        where = signin.landing_of(db, actor)
    if not is_right:
        raise _key_refused()
    return PassedOut(next=where)


def _key_refused() -> InvalidError:
    return InvalidError(
        "安全密钥没有通过。", field="/id", code="key_refused",
        remedy="请用登记过的密钥再试，并按提示输入它的 PIN 或按指纹",
    )  # fmt: skip


def _credential(credential_id: str, **response: str) -> dict[str, object]:
    return {
        "id": credential_id, "rawId": credential_id, "type": "public-key", "response": response,
        "clientExtensionResults": {},
    }  # fmt: skip


def _wanted(parts: Parts, actor: Actor, wanted: security_keys.Wanted) -> KeyWanted:
    return KeyWanted(
        challenge=wanted.challenge, host=_house(parts.settings).host,
        account_id=actor.account_id, account=actor.display_name or "实学",
        credential_ids=list(wanted.credential_ids),
    )  # fmt: skip
