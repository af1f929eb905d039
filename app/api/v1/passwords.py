"""Passwords: setting one with a fresh code of the phone, and signing in with it."""

from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import Field

from app.api.problems import READING, may_raise
from app.api.v1.auth import CodeSent, SignedInOut, refuse_code, send_to
from app.core.errors import (
    ForbiddenError,
    InvalidError,
    NotSignedInError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.services import passwords, people, second_factors, sign_ins, signin
from app.identity.services.signin import CodeAnswer, Typed
from app.learning.services import sessions
from app.lobby import cookies, limits
from app.lobby.deps import (
    CallerAddress,
    CurrentActor,
    Db,
    DeviceId,
    DeviceLabel,
    Now,
    PartsDep,
)
from app.lobby.letters import Body

router = APIRouter(tags=["sign-in"])
# Longer than any that may be set: what is too long is said in words, not by the field's bound.
PasswordText = Annotated[str, Field(min_length=1, max_length=400)]


class NewPasswordIn(Body):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]
    password: PasswordText


class PasswordIn(Body):
    phone: Annotated[str, Field(min_length=1, max_length=30)]
    password: PasswordText


@router.post(
    "/me/codes", status_code=status.HTTP_202_ACCEPTED,
    responses=may_raise(
        NotSignedInError, ForbiddenError, TooManyRequestsError, UnavailableError
    ),
)  # fmt: skip
def send_own_code(
    actor: CurrentActor, parts: PartsDep, now: Now, device_id: DeviceId, address: CallerAddress
) -> CodeSent:
    """Send a code to the caller's own phone, for what wants a fresh one."""
    with parts.database.reading() as db:
        phone = people.own_phone(db, parts.vault, actor.account_id)
    return send_to(parts, phone, device_id=device_id, address=address, now=now)


@router.put(
    "/me/password", status_code=status.HTTP_204_NO_CONTENT,
    responses=may_raise(InvalidError, NotSignedInError, ForbiddenError, TooManyRequestsError),
)  # fmt: skip
def set_password(
    *,
    body: NewPasswordIn,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> None:
    """Set the caller's password with a fresh code; every other sign-in of theirs ends."""
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.reading() as db:
        second_factors.check_passed(db, actor)
        phone = people.own_phone(db, parts.vault, actor.account_id)
    hashed = passwords.hash_of(passwords.check(body.password, actor=actor, phone=phone))
    with parts.database.transaction() as db:
        answer = signin.answer_code(
            db, parts.vault, parts.keys, Typed(phone, body.code, device_id), now=now
        )
        if answer is CodeAnswer.RIGHT:
            passwords.put(db, actor.account_id, hashed, now=now)
            left = sign_ins.end_others(db, actor.account_id, this_id=actor.sign_in_id, now=now)
            for device in sorted(left):
                sessions.close_open(db, actor.learner_id, now=now, device_id=device)
    refuse_code(answer)


@router.delete(
    "/me/password", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def remove_password(actor: CurrentActor, db: Db, now: Now) -> None:
    """Leave the phone's code as the caller's only way in."""
    second_factors.check_passed(db, actor)
    passwords.remove(db, actor.account_id, now=now)


@router.post(
    "/auth/password", responses=may_raise(InvalidError, TooManyRequestsError, ForbiddenError)
)
def sign_in_with_password(
    *,
    body: PasswordIn,
    response: Response,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    device_label: DeviceLabel,
    address: CallerAddress,
) -> SignedInOut:
    """Sign in with phone and password; who works here passes the second factor after it."""
    phone = signin.read_phone(body.phone)
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.reading() as db:
        found = passwords.known(db, parts.vault, phone, device_id, now=now)
    friend = device_id if found.is_known_device else ""
    limits.before_password(parts, phone=phone, known_device_id=friend, now=now)
    # Between transactions: it takes a good part of a second.
    is_right = passwords.fits(found, body.password)
    fresh = passwords.hash_of(body.password) if is_right and passwords.is_outdated(found) else None
    with parts.database.transaction() as db:
        if is_right and passwords.still_stands(db, found):
            if fresh is not None:
                passwords.renew(db, found, fresh)
            done = signin.sign_in(
                db, parts.vault, parts.keys, parts.settings.sign_in, phone=phone,
                device_id=device_id, device_label=device_label, now=now,
            )  # fmt: skip
        else:
            passwords.note_failed(db, found, now=now)
            done = None
    if done is None:
        raise InvalidError(
            "手机号或密码不对。", field="/password", code="wrong_password",
            remedy="请再试，或者改用短信验证码登录",
        )  # fmt: skip
    cookies.set_sign_in(response, done.tokens, parts.settings)
    return SignedInOut(account_id=done.learner_id, is_new=False, next=done.next)
