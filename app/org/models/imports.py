"""Imports of rosters: the file while it is needed, what it would do, and what it did."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class RosterImport(Base):
    """One file. It is sealed under the key of who brought it, and let go of within days."""

    __tablename__ = "roster_import"
    __table_args__ = (Index(None, "org_id", "made_at"), Index(None, "state", "made_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # Who said yes to it, and who took it back; null on imports from before they were kept.
    confirmed_by: Mapped[str | None] = mapped_column(Id)
    undone_by: Mapped[str | None] = mapped_column(Id)
    file_name: Mapped[str] = mapped_column(String(120))
    file_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(10))
    trouble: Mapped[str | None] = mapped_column(String(300))
    # Headings and sheets that were not read.
    remarks: Mapped[str] = mapped_column(String(700), default="", server_default="")
    # Only the lines without a fault are taken over.
    only_good: Mapped[bool] = mapped_column(default=False)
    # How far the worker is: lines looked at, or written.
    lines_done: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    fresh: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    # Units and positions that nobody has yet, and that taking over makes.
    new_places: Mapped[int] = mapped_column(default=0, server_default="0")
    # What an undoing left as it was, because more has happened since.
    kept: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class RosterFinding(Base):
    """A fault or a change of one line; says where and what, and nothing of whom."""

    __tablename__ = "roster_finding"

    import_id: Mapped[str] = mapped_column(Id, ForeignKey("roster_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    cell: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    cause: Mapped[str] = mapped_column(String(200))
    remedy: Mapped[str] = mapped_column(String(200))


class RosterStep(Base):
    """What an import did with one line of the roster, so that it can be taken back."""

    __tablename__ = "roster_step"

    import_id: Mapped[str] = mapped_column(Id, ForeignKey("roster_import.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_member.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(10))
    unit_before: Mapped[str] = mapped_column(String(200))
    position_before: Mapped[str] = mapped_column(String(60))
    unit_after: Mapped[str] = mapped_column(String(200))
    position_after: Mapped[str] = mapped_column(String(60))
    # The line's count of changes, as the import left it.
    changes_after: Mapped[int] = mapped_column(default=0, server_default="0")
    # The ids of tags that it put on somebody who was there; null for none.
    tags_added: Mapped[list[str] | None] = mapped_column(JsonColumn)
