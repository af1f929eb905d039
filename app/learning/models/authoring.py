"""What making a course needs besides the course: films on their way, and who looked at it."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class FilmUpload(Base):
    """A film that an institution sends piece by piece: open, complete, coded, or dropped.

    It names its lesson without hanging on it: a draft may be thrown away meanwhile.
    """

    __tablename__ = "film_upload"
    __table_args__ = (Index(None, "org_id", "state"), Index(None, "lesson_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    lesson_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    piece_size: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FilmPiece(Base):
    """A piece that arrived whole; its bytes are in the store."""

    __tablename__ = "film_piece"

    upload_id: Mapped[str] = mapped_column(ForeignKey("film_upload.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class FilmWork(Base):
    """How far the coding of a film is: waiting, running, ready, failed or cancelled.

    `problem` says to its author what went wrong and what to do.
    """

    __tablename__ = "film_work"

    asset_id: Mapped[str] = mapped_column(ForeignKey("media_asset.id"), primary_key=True)
    upload_id: Mapped[str] = mapped_column(ForeignKey("film_upload.id"))
    state: Mapped[str] = mapped_column(String(10))
    percent: Mapped[int]
    problem: Mapped[str] = mapped_column(Text, server_default="")
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class VersionReview(Base):
    """One look at a version by somebody who did not write it; `comments` by lesson."""

    __tablename__ = "version_review"
    __table_args__ = (Index(None, "version_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("course_version.id"))
    reviewer_id: Mapped[str] = mapped_column(Id)
    decision: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    comments: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
