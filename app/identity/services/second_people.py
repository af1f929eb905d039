"""Who may be the second of two: somebody else than the proposer, and somewhere else."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.errors import ForbiddenError
from app.identity.repository import signing
from app.identity.rules.actors import Actor


def check(db: Session, actor: Actor, *, proposer_id: str, proposed_at: dt.datetime) -> None:
    """Let another person confirm what was proposed, from a device that is not the proposer's.

    Two accounts in one browser are one person as far as anybody can tell. The proposer's are the
    devices on which they were signed in when they proposed, or later. Raises ForbiddenError.
    """
    if signing.was_on_device(db, proposer_id, actor.device_id, proposed_at):
        raise ForbiddenError(
            "提出的人在这台设备的这个浏览器里登录过，不能在这里确认。", code="same_device",
            remedy="请另一位经办人用自己的手机或电脑登录后再确认",
        )  # fmt: skip
