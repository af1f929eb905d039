"""Another phone for an account: both at hand, or the old one lost; objecting."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import READING, may_raise
from app.api.v1.auth import refuse_code
from app.api.v1.me import IdentityIn
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.local_days import SHANGHAI
from app.identity.rules.phone_changes import MOST_TRIES, ChangeKind, ChangeState
from app.identity.services import (
    claims,
    people,
    phone_messages,
    phone_objections,
    phone_proofs,
    signin,
)
from app.identity.services.phone_changes import ChangeView
from app.identity.services.signin import CodeAnswer, Typed
from app.lobby import limits
from app.lobby.deps import (
    CallerAddress,
    CurrentActor,
    Db,
    DeviceId,
    Now,
    PartsDep,
)
from app.lobby.letters import Body
from app.oversight.services import phone_changes

router = APIRouter(tags=["phone"])
CodeText = Annotated[str, Field(pattern=r"^\d{6}$")]
PhoneText = Annotated[str, Field(min_length=1, max_length=30)]
_OWN_SAYS = {
    ChangeState.DONE: "核对好了。",
    ChangeState.REFUSED: "三次都没有核对上。请重新取验证码再来；还不行，请在“找人帮忙”里请求办理。",
}


class ChangeIn(Body):
    old_code: CodeText
    phone: PhoneText
    code: CodeText


class RecoveryIn(IdentityIn):
    phone: PhoneText
    code: CodeText


class StopIn(Body):
    code: Annotated[str, Field(min_length=1, max_length=20)]


class ChangeOut(BaseModel):
    """`outcome` is proving, waiting, at_desk or done, of a proof of oneself refused too.

    `message` says it for the person.
    """

    id: str
    outcome: str
    message: str


def out(change: ChangeView, problem: str = "", left: int = MOST_TRIES) -> ChangeOut:
    """What is told of a change; of one that is there and one that is not in the same words."""
    outcome = change.state
    if outcome in (ChangeState.LEFT, ChangeState.STOPPED):  # one word, known or not
        outcome = ChangeState.AT_DESK
    return ChangeOut(
        id=change.change_id, outcome=outcome.value, message=_said(change, outcome, problem, left)
    )


def _said(change: ChangeView, outcome: ChangeState, problem: str, left: int) -> str:
    if change.kind is ChangeKind.OWN and outcome is not ChangeState.PROVING:
        return _OWN_SAYS[outcome]
    if outcome is ChangeState.DONE:
        return "手机号已更换，请用新手机号登录。72 小时内不发新证书。"
    if outcome is ChangeState.WAITING and change.due_at is not None:
        due = change.due_at.astimezone(SHANGHAI)
        return f"核对通过。为了防人冒用，找回要等一天，{due:%m月%d日 %H:%M} 后用新手机号登录。"
    if outcome is ChangeState.AT_DESK:
        return "已转人工。填写的内容和平台上一致的，2 个工作日内联系您的新手机。"
    return f"{problem}，还可以试 {left} 次。" if problem else ""


@router.post(
    "/me/phone-changes", status_code=status.HTTP_201_CREATED,
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError,
    ),
)  # fmt: skip
def change_phone(
    *,
    body: ChangeIn,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> ChangeOut:
    """Ask for another phone with the codes of both; who has a name shows who they are next."""
    if actor.roles_held_back:
        raise ForbiddenError(
            "换手机号要先完成二次验证。", code="second_factor", remedy="请打开二次验证页面"
        )
    phone = signin.read_phone(body.phone)
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.reading() as db:
        phone_proofs.check_may_change(db, parts.vault, actor, phone, now=now)
        old = people.own_phone(db, parts.vault, actor.account_id)
    with parts.database.transaction() as db:
        first, second = signin.answer_both(
            db,
            parts.vault,
            parts.keys,
            old=Typed(old, body.old_code, device_id),
            new=Typed(phone, body.code, device_id),
            now=now,
        )
        change = None
        if first is CodeAnswer.RIGHT and second is CodeAnswer.RIGHT:
            change = phone_proofs.begin_change(
                db, parts.vault, actor, phone, device_id=device_id, now=now
            )
            phone_changes.follow(db, change, now=now)
    _refuse_at(first, "/old_code")
    refuse_code(second)
    if change is None:
        raise AssertionError("two right codes and no change")
    return out(change)


def _refuse_at(answer: CodeAnswer, field: str) -> None:
    try:
        refuse_code(answer)
    except InvalidError as wrong:
        raise InvalidError(
            wrong.message, field=field, code=wrong.code, remedy=wrong.remedy
        ) from None


@router.post(
    "/me/phone-changes/stop", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def stop_own(actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> None:
    """It was not me: what waits stops, and people look at it."""
    phone_objections.object_to_own(db, parts.vault, actor.account_id, now=now)


@router.post(
    "/recoveries", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, ForbiddenError, ConflictError, TooManyRequestsError),
)  # fmt: skip
def recover(
    body: RecoveryIn, parts: PartsDep, now: Now, device_id: DeviceId, address: CallerAddress
) -> ChangeOut:
    """Ask for an account whose phone is lost: document, name, and the new phone's code."""
    phone = signin.read_phone(body.phone)
    claim = claims.read_claim(body.document_type, body.number, body.name, now=now)
    limits.before_recovery(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        answer = signin.answer_code(
            db, parts.vault, parts.keys, Typed(phone, body.code, device_id), now=now
        )
    refuse_code(answer)
    # After the code: guessing one from elsewhere uses nobody's tries up.
    with parts.database.reading() as db:
        is_friend = phone_proofs.is_friend(db, parts.vault, claim, device_id, now=now)
    limits.before_document(
        parts, number=claim.document.number, known_device_id=device_id if is_friend else "",
        now=now,
    )  # fmt: skip
    with parts.database.transaction() as db:
        change = phone_proofs.begin_recovery(
            db, parts.vault, claim, phone, device_id=device_id, now=now
        )
    return out(change)


@router.post(
    "/phone-changes/stop", status_code=status.HTTP_204_NO_CONTENT,
    responses=may_raise(InvalidError, ForbiddenError, NotFoundError, TooManyRequestsError),
)  # fmt: skip
def stop(
    body: StopIn, parts: PartsDep, now: Now, device_id: DeviceId, address: CallerAddress
) -> None:
    """Object with the code that the old phone was sent; nobody has to be signed in."""
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        phone_messages.stop(db, parts.vault, parts.keys, body.code, now=now)
