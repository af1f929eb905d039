"""Who may be the second of two: somebody else than the proposer, and somewhere else."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, ForbiddenError
from app.identity.repository import signing
from app.identity.rules.actors import Actor
from app.identity.rules.cases import CaseKind, role_of
from app.identity.services import roles


def check(
    db: Session, actor: Actor, kind: CaseKind, *, proposer_id: str, proposed_at: dt.datetime
) -> None:
    """Let another person confirm what was proposed, from a device that is not the proposer's.

    Who proposed still has to be somebody who may: of two, one that was dismissed is none. Two
    accounts in one browser are one person as far as anybody can tell; the proposer's are the
    devices on which they were signed in when they proposed, or later.
    Raises ConflictError, ForbiddenError.
    """
    if not roles.may_act_as(db, proposer_id, role_of(kind)):
        raise ConflictError(
            "提出的人现在已没有这项权限，不能照这份意见确认。", code="proposer_gone",
            remedy="请退回，再由现在有权限的人重新提出",
        )  # fmt: skip
    if signing.was_on_device(db, proposer_id, actor.device_id, proposed_at):
        raise ForbiddenError(
            "提出的人在这台设备的这个浏览器里登录过，不能在这里确认。", code="same_device",
            remedy="请另一位经办人用自己的手机或电脑登录后再确认",
        )  # fmt: skip
