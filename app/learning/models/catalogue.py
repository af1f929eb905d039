"""Clusters, courses, lessons and who is enrolled in them."""

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime
from app.learning.rules.entry import Entry, entry_of


class Cluster(Base):
    """An industrial cluster of the programme with its target of person-trainings."""

    __tablename__ = "cluster"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    target: Mapped[int]


class Course(Base):
    """A course, whatever version of it is taught; what it asks of study stands in its policy.

    From `cluster_code` on it repeats its published version: what is offered to whoever enrols now,
    to look through. What an enrolment was promised stands in its own version
    (`app/learning/models/versions.py`).
    """

    __tablename__ = "course"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    # The institution that makes it; none for what comes from files.
    org_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    cluster_code: Mapped[str] = mapped_column(ForeignKey("cluster.code"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    # Read by no version since policies are revisions; written for one that still runs beside.
    policy: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    programme: Mapped[str] = mapped_column(String(200), default="")
    institution: Mapped[str] = mapped_column(String(120), default="")
    # What its certificate is called; see reference/certificate_types.toml.
    certificate_type: Mapped[str] = mapped_column(String(60), default="培训合格证书")
    validity_months: Mapped[int | None]
    exam_size: Mapped[int] = mapped_column(default=20)
    exam_s: Mapped[int] = mapped_column(default=1800)
    is_open: Mapped[bool] = mapped_column(default=True)
    # Since when its institution is suspended: nobody new is let in.
    stopped_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    @property
    def entry(self) -> Entry:
        return entry_of(is_open=self.is_open, is_stopped=self.stopped_at is not None)


class MediaAsset(Base):
    """A media file; `time_index` maps its bytes to the moments they hold.

    `hls`: the same film in pieces, `{"index": [[ms, byte], …], "size"}`, bytes counted over
    all pieces one after another; none where it was not cut. `light`: the same film as sound and
    still pictures, `{"index", "size"}` of a file of its own.
    """

    __tablename__ = "media_asset"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    storage_key: Mapped[str] = mapped_column(String(200), unique=True)
    content_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    length_ms: Mapped[int]
    time_index: Mapped[list[Any]] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(10))
    hls: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    light: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)


class Lesson(Base):
    """One lesson: a video, or a document of pages with the time that reading each one takes.

    It belongs to one version of its course, and is as fixed as that: what two versions share are
    the media. `position` counts through the whole version, over its chapters.
    """

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("course_version.id"))
    chapter_id: Mapped[str | None] = mapped_column(ForeignKey("chapter.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    length_ms: Mapped[int]
    pages: Mapped[list[Any]] = mapped_column(JsonColumn)
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("media_asset.id"))
    # What presence checks may ask about it: stem, choices, answer (places), from_ms, to_ms.
    questions: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    # A code of reference/training.toml: the general module that it teaches.
    module: Mapped[str | None] = mapped_column(String(20))
    # A document as its author wrote it, to go on writing; none of what comes from files.
    source: Mapped[str | None] = mapped_column(Text)
    # How often that text was saved, who did so last (an account) and when.
    text_number: Mapped[int] = mapped_column(default=0, server_default="0")
    text_by: Mapped[str | None] = mapped_column(Id)
    text_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # WebVTT, read and written anew.
    captions: Mapped[str | None] = mapped_column(Text)


class Enrolment(Base):
    """A learner in a course: its version and the policy of the day it began."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("learner_id", "course_id", "round"),
        Index(None, "course_id", "state"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    # None where a process of the release before wrote it: the course's first version.
    version_id: Mapped[str | None] = mapped_column(ForeignKey("course_version.id"), index=True)
    # The first time is 1; again only to renew a certificate, once the one before is completed.
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    policy: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    required_ms: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(20))
    assigned_by: Mapped[str | None] = mapped_column(Id)
    deadline_on: Mapped[dt.date | None] = mapped_column(Date)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
