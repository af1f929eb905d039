"""What a person takes beside the inbox, their mail address, and what was sent to them."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import may_raise
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.providers.wire import VendorError
from app.identity.services import mail_addresses
from app.identity.services.signin import CodeAnswer
from app.lobby.deps import CurrentActor, Db, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.org.services import sent_log

router = APIRouter(tags=["messages"])
_OWN = may_raise(NotSignedInError, ForbiddenError)
_HOUR = 3600


class ChoicesIn(Body):
    takes_sms: bool
    takes_mail: bool


class AddressIn(Body):
    address: Annotated[str, Field(min_length=1, max_length=200)]


class CodeIn(Body):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]


class ChoicesOut(Answer):
    takes_sms: bool
    takes_mail: bool
    address: str
    is_refused: bool


class OwnMessageOut(Answer):
    employer: str
    way_name: str
    reason: str
    state: str
    state_name: str
    detail: str
    created_at: dt.datetime


@router.get("/me/messages", responses=_OWN)
def list_own(actor: CurrentActor, db: ReadDb) -> list[OwnMessageOut]:
    """What organisations had sent to the caller, and what came of it."""
    return [OwnMessageOut.model_validate(line) for line in sent_log.own(db, actor.learner_id)]


@router.get("/me/message-choices", responses=_OWN)
def read_choices(actor: CurrentActor, db: ReadDb, parts: PartsDep) -> ChoicesOut:
    """What the caller takes beside the inbox, and where mail goes."""
    found = mail_addresses.view(db, parts.vault, actor.account_id)
    return ChoicesOut.model_validate(found)


@router.put(
    "/me/message-choices", status_code=status.HTTP_204_NO_CONTENT,
    responses=_OWN | may_raise(InvalidError),
)  # fmt: skip
def choose(body: ChoicesIn, actor: CurrentActor, db: Db, now: Now) -> None:
    """Say what the caller takes beside the inbox; the inbox stays."""
    mail_addresses.choose(
        db, actor.account_id, takes_sms=body.takes_sms, takes_mail=body.takes_mail, now=now
    )


@router.post(
    "/me/mail", status_code=status.HTTP_202_ACCEPTED,
    responses=_OWN | may_raise(
        InvalidError, ConflictError, TooManyRequestsError, UnavailableError
    ),
)  # fmt: skip
def ask_address(body: AddressIn, actor: CurrentActor, parts: PartsDep, now: Now) -> None:
    """Send a code to an address that the caller says is theirs."""
    address = mail_addresses.read_address(body.address)
    if parts.mail is None:
        raise ConflictError(
            "平台没有开通邮件。", code="no_mail", field="/address", remedy="提醒会发站内消息和短信"
        )
    # Letters to strangers would be a nuisance made with our name.
    parts.limiter.take("mail.person", actor.account_id, limit=10, window_s=_HOUR, now=now)
    parts.limiter.take("mail.address", address.lower(), limit=5, window_s=24 * _HOUR, now=now)
    with parts.database.transaction() as db:
        letter = mail_addresses.ask(db, parts.vault, parts.keys, actor.account_id, address, now=now)
    try:
        parts.mail.send(letter, now=now)
    except VendorError as error:
        if error.detail.startswith("rcpt 5"):
            raise InvalidError(
                "对方的邮件服务器说没有这个邮箱。", field="/address", code="no_such_address",
                remedy="请检查有没有写错",
            ) from None  # fmt: skip
        raise UnavailableError(
            "邮件暂时发不出去。", retry_after_s=60, remedy="请过一分钟再取验证码"
        ) from None


@router.post(
    "/me/mail/confirmation", status_code=status.HTTP_204_NO_CONTENT,
    responses=_OWN | may_raise(InvalidError),
)  # fmt: skip
def confirm_address(body: CodeIn, actor: CurrentActor, parts: PartsDep, now: Now) -> None:
    """Prove the address with the code that was sent there."""
    with parts.database.transaction() as db:
        answer = mail_addresses.confirm(db, parts.keys, actor.account_id, body.code, now=now)
    if answer is CodeAnswer.WRONG:
        raise InvalidError(
            "验证码不对。", field="/code", code="wrong_code", remedy="请看最新一封邮件"
        )
    if answer is CodeAnswer.SPENT:
        raise InvalidError(
            "验证码已失效。", field="/code", code="spent_code", remedy="请重新获取验证码"
        )


@router.delete(
    "/me/mail", status_code=status.HTTP_204_NO_CONTENT,
    responses=_OWN | may_raise(NotFoundError),
)  # fmt: skip
def remove_address(actor: CurrentActor, db: Db, now: Now) -> None:
    """Forget the caller's address."""
    mail_addresses.remove(db, actor.account_id, now=now)
