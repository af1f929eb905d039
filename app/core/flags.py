"""Switches with which administrators stop a thing of the platform while the product runs."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit
from app.core.db import Base, Id, UtcDateTime
from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.core.first_rows import add_first

LONGEST_REASON = 300


class Switch(StrEnum):
    NO_NEW_SIGNUPS = "no_new_signups"
    NO_ISSUANCE = "no_issuance"


NAMES: Mapping[Switch, str] = MappingProxyType(
    {Switch.NO_NEW_SIGNUPS: "暂停新用户注册", Switch.NO_ISSUANCE: "暂停出证"}
)


class SwitchState(Base):
    """The state of one switch; a missing row means that it was never thrown.

    `changed_by` is nobody where the machine's operator did it; `reason` is for administrators.
    """

    __tablename__ = "switch_state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_on: Mapped[bool]
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), server_default="")


# Made once: certificates are issued while others wait to write.
_IS_ON = select(SwitchState.is_on).where(SwitchState.name == bindparam("name"))


def state(db: Session, switch: Switch) -> SwitchState | None:
    return db.get(SwitchState, switch.value)


def is_on(db: Session, switch: Switch) -> bool:
    return bool(db.scalar(_IS_ON, {"name": switch.value}))


def throw(
    db: Session, switch: Switch, *, reason: str, now: dt.datetime, actor_id: str | None
) -> None:
    """Stop a thing at once; one person may, since nothing is lost by it.

    Raises ConflictError where it is stopped already, InvalidError without a reason.
    """
    row = _locked(db, switch, now)
    if row.is_on:
        raise ConflictError(
            f"“{NAMES[switch]}”已经打开了。", code="already_thrown",
            remedy="不用再开；刷新页面可以看到是谁、什么时候打开的",
        )  # fmt: skip
    _set(db, row, to=True, reason=reason, now=now, actor_id=actor_id)


def clear(
    db: Session, switch: Switch, *, reason: str, now: dt.datetime, actor_id: str | None
) -> None:
    """Let a thing go on: another person than who stopped it, or the machine's operator.

    Raises ConflictError where nothing is stopped, ForbiddenError for who stopped it,
    InvalidError without a reason.
    """
    row = _locked(db, switch, now)
    if not row.is_on:
        raise ConflictError(
            f"“{NAMES[switch]}”没有打开。", code="not_thrown", remedy="不用恢复；请刷新页面"
        )
    if actor_id is not None and actor_id == row.changed_by:
        raise ForbiddenError(
            "是您打开的，不能由您自己恢复。", code="own_switch",
            remedy="请另一位系统管理员核对后恢复",
        )  # fmt: skip
    _set(db, row, to=False, reason=reason, now=now, actor_id=actor_id)


def _locked(db: Session, switch: Switch, now: dt.datetime) -> SwitchState:
    """The row of a switch, so that of two who turn it at once the second sees the first."""
    found = db.get(SwitchState, switch.value, with_for_update=True, populate_existing=True)
    if found is None:
        add_first(
            db, SwitchState(name=switch.value, is_on=False, changed_at=now, changed_by=None,
                            reason=""),
        )  # fmt: skip
        found = db.get_one(SwitchState, switch.value, with_for_update=True, populate_existing=True)
    return found


def _set(
    db: Session, row: SwitchState, *, to: bool, reason: str, now: dt.datetime,
    actor_id: str | None,
) -> None:  # fmt: skip
    said = reason.strip()
    if not 2 <= len(said) <= LONGEST_REASON:
        raise InvalidError(
            f"请写明理由，2 到 {LONGEST_REASON} 个字。", field="/reason",
            remedy="写清楚为什么，审计记录里会留下",
        )  # fmt: skip
    row.is_on, row.changed_at, row.changed_by, row.reason = to, now, actor_id, said
    audit.record(
        db, "switch.thrown", now=now, actor_id=actor_id, subject_id=row.name, to=to, reason=said
    )
