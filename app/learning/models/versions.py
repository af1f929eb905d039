"""Versions of a course and their chapters; lessons stand in `catalogue.py`."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime

_OPEN = text("state IN ('draft', 'in_review')")
_OFFERED = text("state = 'published'")


class CourseVersion(Base):
    """What a course teaches and certifies, from draft to retired; see `rules/versions.py`.

    Once it was published nothing of it changes any more but that it is retired: triggers refuse the
    rest, of its chapters and lessons too. A course has one version in the making at most, and one
    that is offered.
    """

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index(
            "uq_course_version_open", "course_id", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index(
            "uq_course_version_offered", "course_id", unique=True,
            sqlite_where=_OFFERED, postgresql_where=_OFFERED,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    cluster_code: Mapped[str] = mapped_column(ForeignKey("cluster.code"))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    programme: Mapped[str] = mapped_column(String(200))
    institution: Mapped[str] = mapped_column(String(120))
    certificate_type: Mapped[str] = mapped_column(String(60))
    validity_months: Mapped[int | None]
    exam_size: Mapped[int]
    exam_s: Mapped[int]
    # What it asks of study; becomes the course's revision when it is published.
    settings: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    # Codes of reference/training.toml; empty for what comes from files.
    training_kind: Mapped[str] = mapped_column(String(20), server_default="")
    objective: Mapped[str] = mapped_column(String(20), server_default="")
    occupation_code: Mapped[str] = mapped_column(String(20), server_default="")
    level: Mapped[int | None]
    tags: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    # Accounts: who began it, all who wrote in it, who published it. None for files.
    author_id: Mapped[str | None] = mapped_column(Id)
    writers: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    reviewer_id: Mapped[str | None] = mapped_column(Id)
    # What the author says has changed.
    notes: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Material(Base):
    """A teaching material (教材) of one version: a document to be taken along; as fixed as it."""

    __tablename__ = "material"
    __table_args__ = (Index(None, "version_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("course_version.id"))
    title: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    storage_key: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Chapter(Base):
    """A chapter of one version; what comes from files has none."""

    __tablename__ = "chapter"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("course_version.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
