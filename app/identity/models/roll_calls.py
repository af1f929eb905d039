"""Roll calls at a site, and who was there."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class RollCall(Base):
    """People of one organisation in one place, called by one supervisor."""

    __tablename__ = "roll_call"
    __table_args__ = (Index(None, "org_id", "opened_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # When it ends by itself, or when the supervisor ended it.
    closes_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RollPresence(Base):
    """A person who typed the code at the site, on this device, and what the supervisor saw."""

    __tablename__ = "roll_presence"
    __table_args__ = (
        UniqueConstraint("roll_call_id", "person_id"),
        Index(None, "person_id", "joined_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    roll_call_id: Mapped[str] = mapped_column(ForeignKey("roll_call.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    joined_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    marked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
