"""Learning packages (SCORM, cmi5): what was unpacked, and what they keep for a learner."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
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
    `session`: a cmi5 token that was fetched, by its hash. Name, content and type lie sealed
    together under the learner's own key (`services/package_kept.py`).
    """

    __tablename__ = "package_record"
    __table_args__ = (
        UniqueConstraint(
            "learner_id", "enrolment_id", "lesson_id", "part", "kind", "name_index",
            name="uq_package_record_place",
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"))
    part: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    name_index: Mapped[str] = mapped_column(String(64))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
