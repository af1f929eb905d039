"""Finding learning packages, their files, and what they keep for a learner."""

from collections.abc import Collection

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from app.learning.models.packages import CoursePackage, PackageFile, PackageRecord

Whose = tuple[str, str, str, int]
"""Learner, enrolment, lesson, part."""


def package(db: Session, asset_id: str) -> CoursePackage | None:
    return db.get(CoursePackage, asset_id)


def packages(db: Session, asset_ids: Collection[str]) -> dict[str, CoursePackage]:
    query = select(CoursePackage).where(CoursePackage.asset_id.in_(asset_ids))
    return {row.asset_id: row for row in db.scalars(query)}


def file(db: Session, asset_id: str, name: str) -> PackageFile | None:
    return db.get(PackageFile, (asset_id, name))


def record(db: Session, whose: Whose, kind: str, name_index: str) -> PackageRecord | None:
    found: PackageRecord | None = db.scalars(_named(whose, kind, name_index)).first()
    return found


def record_to_change(db: Session, whose: Whose, kind: str, name_index: str) -> PackageRecord | None:
    """The same, its row held until the transaction ends."""
    held = (
        _named(whose, kind, name_index).with_for_update().execution_options(populate_existing=True)
    )
    found: PackageRecord | None = db.scalars(held).first()
    return found


def records(db: Session, whose: Whose, kind: str) -> list[PackageRecord]:
    """All of one kind, the oldest first."""
    query = _of_part(whose).where(PackageRecord.kind == kind)
    return list(db.scalars(query.order_by(PackageRecord.at, PackageRecord.id)))


def count(db: Session, whose: Whose, kind: str) -> int:
    chosen = _of_part(whose).where(PackageRecord.kind == kind).subquery()
    return db.scalar(select(func.count()).select_from(chosen)) or 0


def of_lesson(
    db: Session, learner_id: str, enrolment_id: str, lesson_id: str, kind: str
) -> list[PackageRecord]:
    """All of one kind of every part of a lesson, in their order."""
    query = select(PackageRecord).where(
        PackageRecord.learner_id == learner_id, PackageRecord.enrolment_id == enrolment_id,
        PackageRecord.lesson_id == lesson_id, PackageRecord.kind == kind,
    )  # fmt: skip
    return list(db.scalars(query.order_by(PackageRecord.part, PackageRecord.at, PackageRecord.id)))


def forget_learner(db: Session, learner_id: str) -> None:
    """Delete what packages keep for somebody."""
    db.execute(delete(PackageRecord).where(PackageRecord.learner_id == learner_id))


def _named(whose: Whose, kind: str, name_index: str) -> Select[PackageRecord]:
    return _of_part(whose).where(PackageRecord.kind == kind, PackageRecord.name_index == name_index)


def _of_part(whose: Whose) -> Select[PackageRecord]:
    learner_id, enrolment_id, lesson_id, part = whose
    return select(PackageRecord).where(
        PackageRecord.learner_id == learner_id, PackageRecord.enrolment_id == enrolment_id,
        PackageRecord.lesson_id == lesson_id, PackageRecord.part == part,
    )  # fmt: skip
