"""Questions about classes: one, lists, courses, teachers, the plan, changes."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from app.org.models.classes import (
    ClassChange,
    ClassCourse,
    ClassRollCall,
    ClassTeacher,
    ClassUnit,
    TrainingClass,
)
from app.org.models.organisations import Organisation
from app.org.rules.classes import ClassOrder, ClassState


def get_class(db: Session, class_id: str) -> TrainingClass | None:
    return db.get(TrainingClass, class_id)


def lock_class(db: Session, class_id: str) -> TrainingClass | None:
    """Read a class so that only one writer at a time gives out its places."""
    return db.get(TrainingClass, class_id, with_for_update=True, populate_existing=True)


def _order(order: ClassOrder) -> tuple[Any, ...]:
    newest = TrainingClass.id.desc()
    if order is ClassOrder.STARTS:
        return TrainingClass.starts_on, newest
    return (TrainingClass.title, newest) if order is ClassOrder.TITLE else (newest,)


def find_classes(
    db: Session, org_id: str, text: str, states: Collection[ClassState], order: ClassOrder,
    *, offset: int, limit: int,
) -> tuple[list[TrainingClass], int]:  # fmt: skip
    """One page of an organisation's classes, and how many there are; no states means all."""
    wanted: list[ColumnElement[bool]] = [TrainingClass.org_id == org_id]
    if states:
        wanted.append(TrainingClass.state.in_(states))
    if text:
        wanted.append(
            or_(TrainingClass.title.contains(text, autoescape=True), TrainingClass.contract == text)
        )
    total = db.scalar(select(func.count()).select_from(TrainingClass).where(*wanted)) or 0
    query = select(TrainingClass).where(*wanted).order_by(*_order(order))
    return list(db.scalars(query.offset(offset).limit(limit))), total


def find_public(
    db: Session, text: str, prefecture_code: str, today: dt.date, *, offset: int, limit: int
) -> tuple[list[tuple[TrainingClass, Organisation]], int]:
    """One page of the approved public classes that are not over, those that begin next first."""
    wanted: list[ColumnElement[bool]] = [
        TrainingClass.is_public.is_(True), TrainingClass.state == ClassState.RUNNING,
        TrainingClass.enrol_until >= today, Organisation.suspended_at.is_(None),
    ]  # fmt: skip
    if text:
        wanted.append(
            or_(
                TrainingClass.title.contains(text, autoescape=True),
                Organisation.name.contains(text, autoescape=True),
            )
        )
    if prefecture_code:
        wanted.append(Organisation.prefecture_code == prefecture_code)
    joined = select(TrainingClass, Organisation).join(
        Organisation, Organisation.id == TrainingClass.org_id
    )
    query = joined.where(*wanted)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(TrainingClass.starts_on, TrainingClass.id)
    found = db.execute(ordered.offset(offset).limit(limit))
    return [(row, organisation) for row, organisation in found], total


def ids_running(db: Session, org_id: str) -> list[str]:
    query = select(TrainingClass.id).where(
        TrainingClass.org_id == org_id, TrainingClass.state == ClassState.RUNNING
    )
    return list(db.scalars(query.order_by(TrainingClass.id)))


def ids_running_with(db: Session, course_ids: Collection[str]) -> list[str]:
    """Whoever's classes that run and teach one of some courses."""
    teaches = select(ClassCourse.class_id).where(ClassCourse.course_id.in_(course_ids))
    query = select(TrainingClass.id).where(
        TrainingClass.id.in_(teaches), TrainingClass.state == ClassState.RUNNING
    )
    return list(db.scalars(query.order_by(TrainingClass.id)))


def courses_of(db: Session, class_ids: Collection[str]) -> list[ClassCourse]:
    query = select(ClassCourse).where(ClassCourse.class_id.in_(class_ids))
    return list(db.scalars(query.order_by(ClassCourse.class_id, ClassCourse.position)))


def teachers_of(db: Session, class_id: str) -> list[str]:
    """The people who teach a class, in the order in which they were chosen."""
    query = select(ClassTeacher.person_id).where(ClassTeacher.class_id == class_id)
    return list(db.scalars(query.order_by(ClassTeacher.position)))


def clear_courses(db: Session, class_id: str) -> None:
    db.execute(delete(ClassCourse).where(ClassCourse.class_id == class_id))


def clear_teachers(db: Session, class_id: str) -> None:
    db.execute(delete(ClassTeacher).where(ClassTeacher.class_id == class_id))


def forget_teacher(db: Session, person_id: str) -> None:
    """Take a person out of every class that they teach."""
    db.execute(delete(ClassTeacher).where(ClassTeacher.person_id == person_id))


def units_of(db: Session, class_id: str) -> list[ClassUnit]:
    """The plan, in the order of time."""
    query = select(ClassUnit).where(ClassUnit.class_id == class_id)
    return list(db.scalars(query.order_by(ClassUnit.day, ClassUnit.starts_at, ClassUnit.id)))


def get_unit(db: Session, class_id: str, unit_id: str) -> ClassUnit | None:
    query = select(ClassUnit).where(ClassUnit.id == unit_id, ClassUnit.class_id == class_id)
    return db.scalars(query).first()


def roll_calls_of(db: Session, unit_ids: Sequence[str]) -> list[ClassRollCall]:
    query = select(ClassRollCall).where(ClassRollCall.unit_id.in_(unit_ids))
    return list(db.scalars(query.order_by(ClassRollCall.id)))


def class_of_roll_call(db: Session, roll_call_id: str) -> str | None:
    """The class for a unit of which a roll call was opened."""
    query = select(ClassUnit.class_id).join(ClassRollCall, ClassRollCall.unit_id == ClassUnit.id)
    return db.scalar(query.where(ClassRollCall.roll_call_id == roll_call_id))


def changes_of(db: Session, class_id: str) -> list[ClassChange]:
    """What was changed after approval, the oldest first."""
    query = select(ClassChange).where(ClassChange.class_id == class_id)
    return list(db.scalars(query.order_by(ClassChange.changed_at, ClassChange.id)))
