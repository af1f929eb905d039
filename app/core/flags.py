"""Switches an administrator can throw while the product runs."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit
from app.core.db import Base, Id, UtcDateTime


class Switch(StrEnum):
    NO_NEW_SIGNUPS = "no_new_signups"
    NO_ISSUANCE = "no_issuance"


class SwitchState(Base):
    """The state of one switch; a missing row means off."""

    __tablename__ = "switch_state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_on: Mapped[bool]
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(Id)


def is_on(db: Session, switch: Switch) -> bool:
    row = db.get(SwitchState, switch.value)
    return row is not None and row.is_on


def throw(db: Session, switch: Switch, *, to: bool, now: dt.datetime, actor_id: str | None) -> None:
    """Set a switch and write down who did it."""
    db.merge(SwitchState(name=switch.value, is_on=to, changed_at=now, changed_by=actor_id))
    audit.record(db, "switch.thrown", now=now, actor_id=actor_id, subject_id=switch.value, to=to)
