"""Signing in and out: one-time codes by phone."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from app.api.problems import may_raise
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotSignedInError,
    TooManyRequestsError,
    UnavailableError,
)
from app.core.flags import Switch, is_on
from app.identity.rules import codes
from app.identity.services import passwords, signin, tokens
from app.identity.services.signin import CodeAnswer, Typed
from app.learning.services import sessions
from app.lobby import cookies, limits
from app.lobby.deps import CallerAddress, Db, DeskActor, DeviceId, DeviceLabel, Now, PartsDep
from app.lobby.letters import Body
from app.lobby.parts import Parts

router = APIRouter(prefix="/auth", tags=["sign-in"])
PhoneText = Annotated[str, Field(min_length=1, max_length=30)]


class PhoneIn(Body):
    phone: PhoneText


class CodeIn(PhoneIn):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]


class CodeSent(BaseModel):
    expires_in_s: int
    resend_in_s: int


class SignedInOut(BaseModel):
    account_id: str
    is_new: bool
    next: str


@router.post(
    "/codes", status_code=status.HTTP_202_ACCEPTED,
    responses=may_raise(InvalidError, TooManyRequestsError, UnavailableError, ForbiddenError),
)  # fmt: skip
def send_code(
    body: PhoneIn, parts: PartsDep, now: Now, device_id: DeviceId, address: CallerAddress
) -> CodeSent:
    """Send a one-time code to a phone; the code leaves after it was written down."""
    phone = signin.read_phone(body.phone)
    return send_to(parts, phone, device_id=device_id, address=address, now=now)


def send_to(
    parts: Parts, phone: str, *, device_id: str, address: str, now: dt.datetime
) -> CodeSent:
    """Send a code to a phone that is spelt right. Raises as the route above may."""
    with parts.database.reading() as db:
        signin.check_wait(db, parts.vault, phone, now=now)  # what is not sent uses nothing up
        is_friend = passwords.is_friend(db, parts.vault, phone, device_id, now=now)
    who = limits.Asking(device_id, address, is_friend=is_friend)
    limits.before_code(parts, who, phone=phone, now=now)
    with parts.database.transaction() as db:
        code = signin.prepare_code(
            db, parts.vault, parts.keys, phone=phone, device_id=device_id, now=now
        )
    try:
        parts.sms.send_code(phone=phone, code=code, now=now)
    except signin.VendorError:
        raise UnavailableError(
            "短信暂时发不出去。", retry_after_s=60, remedy="请过一分钟再取验证码"
        ) from None
    return CodeSent(
        expires_in_s=int(codes.LIFE.total_seconds()),
        resend_in_s=int(codes.RESEND_AFTER.total_seconds()),
    )


@router.post(
    "/sign-in",
    responses=may_raise(InvalidError, TooManyRequestsError, ForbiddenError, ConflictError),
)
def sign_in(
    *,
    body: CodeIn,
    response: Response,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    device_label: DeviceLabel,
    address: CallerAddress,
) -> SignedInOut:
    """Sign in with the code from the phone; sets the cookies."""
    phone = signin.read_phone(body.phone)
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        answer = signin.answer_code(
            db, parts.vault, parts.keys, Typed(phone, body.code, device_id), now=now
        )
        # One transaction: the code is spent with the sign-in or not at all. A wrong try is a
        # result and no exception, so that it stays counted.
        done = (
            _let_in(db, parts, phone, (device_id, device_label), now)
            if answer is CodeAnswer.RIGHT
            else None
        )
    refuse_code(answer)
    if done is None:
        raise AssertionError("a right code and no sign-in")
    cookies.set_sign_in(response, done.tokens, parts.settings)
    return SignedInOut(account_id=done.learner_id, is_new=done.is_new, next=done.next)


def refuse_code(answer: CodeAnswer) -> None:
    """Raises InvalidError for a code that was not right; its try is on record by now."""
    if answer is CodeAnswer.WRONG:
        raise InvalidError(
            "验证码不对。", field="/code", code="wrong_code", remedy="请看最新一条短信"
        )
    if answer is CodeAnswer.SPENT:
        raise InvalidError(
            "验证码已失效。", field="/code", code="spent_code", remedy="请重新获取验证码"
        )


def _let_in(
    db: Db, parts: Parts, phone: str, device: tuple[str, str], now: dt.datetime
) -> signin.SignedIn:
    if is_on(db, Switch.NO_NEW_SIGNUPS) and not signin.is_known(db, parts.vault, phone):
        raise ConflictError(
            "平台暂停新用户注册，这个手机号还没有账号。", code="no_new_signups", field="/phone",
            remedy="已有账号的，用原来的手机号登录；没有的，恢复注册后用这个手机号再来",
        )  # fmt: skip
    return signin.sign_in(
        db, parts.vault, parts.keys, parts.settings.sign_in, phone=phone,
        device_id=device[0], device_label=device[1], now=now,
    )  # fmt: skip


@router.post(
    "/sign-out", status_code=status.HTTP_204_NO_CONTENT,
    responses=may_raise(NotSignedInError, ForbiddenError),
)  # fmt: skip
def sign_out(
    *, response: Response, actor: DeskActor, db: Db, parts: PartsDep, now: Now, device: DeviceId
) -> None:
    """End this device's sign-in, and the study session that is open on it (R19)."""
    sessions.close_open(db, actor.learner_id, now=now, device_id=device)
    tokens.end(db, actor.sign_in_id, now=now)
    cookies.clear_sign_in(response, parts.settings)
