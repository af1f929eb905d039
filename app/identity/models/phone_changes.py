"""Another phone for an account: asked for, proven, done or stopped."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime

NEW_PHONE = "phone_change.phone"
OLD_PHONE = "phone_change.old_phone"
_PENDING = text("state IN ('waiting', 'at_desk')")


class PhoneChange(Base):
    """One change; a person has one that waits or is before people at a time.

    Without a person it is somebody's try at an account that is not there: kept a day, so that
    every step answers as it would for one that is.
    """

    __tablename__ = "phone_change"
    __table_args__ = (
        Index(None, "person_id", unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    # Only the browser that asked may prove.
    device_id: Mapped[str] = mapped_column(String(40))
    way: Mapped[str | None] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(default=0)
    # What the camera was last asked for: nonce and actions, taken once.
    prompt: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    phone_sealed: Mapped[bytes | None]
    old_phone_sealed: Mapped[bytes | None]
    # Keyed, of the same two: neither phone begins an account of its own meanwhile.
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    old_phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Of the code that the old phone was sent to object with.
    stop_hash: Mapped[str | None] = mapped_column(String(64), index=True)
