"""Where people stand in an organisation: units as a tree, positions, and its own tags."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class OrgUnit(Base):
    """One unit. `words` has all that is above it, `path` the ids from the top down to its own.

    A unit that has ended stays, because what was asked of it names it; nobody comes into it.
    """

    __tablename__ = "org_unit"
    __table_args__ = (UniqueConstraint("org_id", "words"), Index(None, "org_id", "path"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    words: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(156))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class OrgPosition(Base):
    """What people do in an organisation 岗位."""

    __tablename__ = "org_position"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class OrgTag(Base):
    """A word of the organisation's own for some of its people: 班组长, 动火作业."""

    __tablename__ = "org_tag"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class StaffTag(Base):
    """A tag on one line of the roster."""

    __tablename__ = "staff_tag"
    __table_args__ = (Index(None, "tag_id", "staff_id"),)

    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_member.id"), primary_key=True)
    tag_id: Mapped[str] = mapped_column(Id, ForeignKey("org_tag.id"), primary_key=True)
