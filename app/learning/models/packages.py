"""Learning packages (SCORM, cmi5): what was unpacked, and what they keep for a learner."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonColumn, UtcDateTime


class CoursePackage(Base):
    """A package that was unpacked; lessons name it by its medium, so versions share it.

    `parts`: what can be opened, in order (`rules/package_manifests.py`).
    """

    __tablename__ = "course_package"

    asset_id: Mapped[str] = mapped_column(ForeignKey("media_asset.id"), primary_key=True)
    standard: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    parts: Mapped[list[Any]] = mapped_column(JsonColumn)


class PackageFile(Base):
    """A file of a package; its bytes are in the store under the package's key and its number."""

    __tablename__ = "package_file"

    asset_id: Mapped[str] = mapped_column(ForeignKey("course_package.asset_id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(240), primary_key=True)
    number: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]


class PackageRecord(Base):
    """What one part of a package keeps for one learner: told by the package, proof of nothing.

    `kind`: `cmi` (one a part, its name empty), `state`, `profile`, `statement` by their ids, or
    `session`: a cmi5 token that was fetched, by its hash.
    """

    __tablename__ = "package_record"

    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(100))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
