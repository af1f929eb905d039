"""Showing who one is for what a phone's code alone must not open: one's file, leaving.

A SIM card that was swapped has every code. So whoever has a proven name shows their own way too, by
the steps of `phone_proofs.py`; who has proven none has nothing but the phone.
"""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import AppError, ConflictError, ForbiddenError, NotFoundError
from app.core.ids import new_id
from app.identity.models.phone_changes import PhoneChange
from app.identity.repository import people as person_rows
from app.identity.repository import phone_changes as rows
from app.identity.rules.actors import Actor
from app.identity.rules.phone_changes import PROVING, ChangeKind, ChangeState, Way
from app.identity.services import phone_changes, phone_holds, second_factors
from app.identity.services.phone_changes import ChangeView

_DESK = "请在“找人帮忙”里选“个人信息权利请求”，由工作人员核对后办理"


def check_may_prove(db: Session, actor: Actor, *, now: dt.datetime) -> None:
    """Refuse before a code is spent. Raises ForbiddenError, ConflictError with what to do."""
    second_factors.check_passed(db, actor)
    if actor.roles_held_back and not actor.has_second_factor:
        raise ForbiddenError(
            "这里要先完成二次验证。", code="second_factor",
            remedy="请打开二次验证页面，再回来办理",
        )  # fmt: skip
    phone_holds.check_not_held(db, actor.account_id, now=now)
    person = person_rows.by_id(db, actor.account_id)
    if person is None or person.verified_at is None:
        return
    if person.method is None:
        raise ConflictError(
            "您还没有选择身份核对方式。", code="no_identity_method", remedy="请先在“我的”里选好"
        )
    if person.method not in set(Way):
        raise ConflictError(
            "您用的是核身方的人脸核对，这里还不能用它证明是您本人。", code="way_elsewhere",
            remedy=_DESK,
        )  # fmt: skip
    if person.way_doubted_at is not None:
        raise ConflictError(
            "您的核对方式换过，还没有人工确认，不能用来证明是您本人。", code="way_doubted",
            remedy=_DESK,
        )  # fmt: skip


def obstacle(db: Session, actor: Actor, *, now: dt.datetime) -> AppError | None:
    """The same refusal for a page that says it before anything is asked for."""
    try:
        check_may_prove(db, actor, now=now)
    except (ForbiddenError, ConflictError) as refused:
        return refused
    return None


def begin(
    db: Session, vault: Vault, actor: Actor, *, device_id: str, now: dt.datetime
) -> ChangeView:
    """The phone's code was right; who has no name has shown all. Raises as `check_may_prove`."""
    check_may_prove(db, actor, now=now)
    person = person_rows.by_id(db, actor.account_id)
    if person is None:
        raise NotFoundError("没有这个账号。", remedy="请重新登录")
    is_named = person.verified_at is not None
    row = PhoneChange(
        id=new_id(now), person_id=person.id, kind=ChangeKind.OWN.value, device_id=device_id,
        state=(ChangeState.PROVING if is_named else ChangeState.DONE).value, tries=0, asked_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return phone_changes.view(vault, row, person)


def take(
    db: Session, actor: Actor, proof_id: str, *, device_id: str, now: dt.datetime
) -> None:  # fmt: skip
    """Spend a proof for one thing. Raises NotFoundError for another's or another browser's.

    Raises ConflictError where it is not whole, spent or too old, or a phone was changed meanwhile,
    ForbiddenError without the second factor.
    """
    row = rows.change_to_move(db, proof_id)
    is_theirs = row is not None and (row.person_id, row.device_id) == (actor.account_id, device_id)
    if row is None or not is_theirs or row.kind != ChangeKind.OWN:
        raise NotFoundError("没有这次核对。", remedy="请重新取验证码")
    if row.state != ChangeState.DONE or now >= row.asked_at + PROVING:
        raise ConflictError(
            "这次核对没有完成，或者已经用过、过了 15 分钟。", code="proof_over",
            remedy="请重新取验证码，再核对一次",
        )  # fmt: skip
    check_may_prove(db, actor, now=now)
    row.state = ChangeState.SPENT
