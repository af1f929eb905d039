"""An organisation's robot in a group of 企业微信: its address is a secret and lies sealed."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import InvalidError, NotFoundError
from app.core.first_rows import add_first
from app.identity.models.outgoing import ROBOT, GroupRobot
from app.identity.repository import outgoing as rows
from app.identity.rules.group_robots import is_robot_address


@dataclass(frozen=True, slots=True)
class RobotView:
    """`ending` are the last characters of its key, by which its owner knows it."""

    ending: str
    set_at: dt.datetime
    refused_for: str


def view(db: Session, vault: Vault, org_id: str) -> RobotView | None:
    """How an organisation's robot stands; None where there is none."""
    row = rows.robot_of(db, org_id)
    if row is None:
        return None
    address = vault.open(row.address_sealed, context=ROBOT)
    return RobotView(address[-4:], row.set_at, row.refused_for)


def address_of(db: Session, vault: Vault, org_id: str) -> str:
    """Where the organisation's robot is. Raises NotFoundError."""
    row = rows.robot_of(db, org_id)
    if row is None:
        raise NotFoundError("本单位没有设置群机器人。", remedy="请先填写机器人的地址")
    return vault.open(row.address_sealed, context=ROBOT)


def put(
    db: Session, vault: Vault, org_id: str, address: str, *, may_be_plain: bool, actor_id: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Set the robot's address, or another one. Raises InvalidError that names the field."""
    text = address.strip()
    if not is_robot_address(text, may_be_plain=may_be_plain):
        raise InvalidError(
            "这不是企业微信群机器人的地址。", field="/address", code="address",
            remedy="在企业微信群里添加“消息推送”机器人，把它的 Webhook 地址整个复制过来",
        )  # fmt: skip
    sealed = vault.seal(text, context=ROBOT)
    row = rows.robot_of(db, org_id)
    if row is None:
        add_first(db, GroupRobot(org_id=org_id, address_sealed=sealed, set_by=actor_id, set_at=now))
        row = rows.robot_of(db, org_id)
    if row is not None:
        row.address_sealed, row.set_by, row.set_at, row.refused_for = sealed, actor_id, now, ""
    audit.record(db, "org.robot_set", now=now, actor_id=actor_id, subject_id=org_id)


def remove(db: Session, org_id: str, *, actor_id: str, now: dt.datetime) -> None:
    """Forget the robot; what waits for it is not sent. Raises NotFoundError."""
    row = rows.robot_of(db, org_id)
    if row is None:
        raise NotFoundError("本单位没有设置群机器人。", remedy="请刷新页面")
    db.delete(row)
    audit.record(db, "org.robot_removed", now=now, actor_id=actor_id, subject_id=org_id)
