"""Entering a class and changing it: its card, its courses, who teaches."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import InvalidError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.learning.services import catalogue
from app.org.models.classes import ClassCourse, ClassTeacher, TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.rules import classes as rules
from app.org.rules.class_places import MemberState
from app.org.rules.classes import Card, ClassFlawError, ClassState, Step
from app.org.rules.duties import Power
from app.org.services import class_changes, class_queue
from app.org.services.classes import can_teach, card_of, check_step, flawed, named, own_class
from app.org.services.organisations import acting_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a class is to be: its card, its courses in their order, who teaches."""

    card: Card
    course_ids: tuple[str, ...]
    teacher_ids: tuple[str, ...]


def create(db: Session, actor: Actor, wanted: Wanted, *, now: dt.datetime) -> str:
    """Enter a class as a draft and return its id. Raises InvalidError that names the field."""
    organisation = acting_for(db, actor, Power.KEEP_CLASSES)
    card = _checked(wanted.card, now, enrolled=0)
    row = TrainingClass(
        id=new_id(now), org_id=organisation.org_id, state=ClassState.DRAFT,
        created_by=actor.learner_id, created_at=now, **_columns(card),
    )  # fmt: skip
    db.add(row)
    db.flush()
    _put_courses(db, row.id, wanted.course_ids, now)
    _put_teachers(db, organisation.org_id, row.id, wanted.teacher_ids, now)
    audit.record(
        db, "class.made", now=now, actor_id=actor.account_id, subject_id=row.id, org_id=row.org_id
    )
    return row.id


def update(
    db: Session, vault: Vault, actor: Actor, class_id: str, wanted: Wanted, *, now: dt.datetime
) -> None:
    """Change a class. After approval each change is kept, and the courses stay.

    Raises InvalidError that names the field, NotFoundError, ConflictError in the wrong state.
    """
    organisation, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.CHANGE)
    counts = people_rows.count_members(db, [row.id])
    enrolled = counts.get((row.id, MemberState.ENROLLED), 0)
    card = _checked(wanted.card, now, enrolled=enrolled)
    _check_plan(db, row, card)
    found = list(rules.changes(card_of(row), card))
    taught = [each.course_id for each in rows.courses_of(db, [row.id])]
    if list(wanted.course_ids) != taught:
        if row.approved_at is not None:
            raise InvalidError(
                "课程在批准以后不能更换。", field="/course_ids", remedy="要学别的课程，请另开一个班"
            )
        rows.clear_courses(db, row.id)
        _put_courses(db, row.id, wanted.course_ids, now)
    before = rows.teachers_of(db, row.id)
    if list(wanted.teacher_ids) != before:
        _check_not_members(db, row.id, wanted.teacher_ids)
        rows.clear_teachers(db, row.id)
        _put_teachers(db, organisation.org_id, row.id, wanted.teacher_ids, now)
        found += rules.listed(
            named(db, vault, before), named(db, vault, wanted.teacher_ids), "teachers", "教师"
        )
    for name, value in _columns(card).items():
        setattr(row, name, value)
    db.flush()
    class_queue.move_up(db, row, now=now)
    class_changes.note(db, row, found, actor, now=now)


def _checked(card: Card, now: dt.datetime, *, enrolled: int) -> Card:
    try:
        return rules.check(card, today=local_day(now), enrolled=enrolled)
    except ClassFlawError as flaw:
        raise flawed(flaw) from None


def _check_plan(db: Session, row: TrainingClass, card: Card) -> None:
    """The days of the class hold every unit of its plan."""
    days = [unit.day for unit in rows.units_of(db, row.id)]
    if days and min(days) < card.starts_on:
        raise InvalidError(
            f"{min(days).isoformat()} 已经排了课。", field="/starts_on", remedy="请先改教学计划"
        )
    if days and max(days) > card.ends_on:
        raise InvalidError(
            f"{max(days).isoformat()} 已经排了课。", field="/ends_on", remedy="请先改教学计划"
        )


def _columns(card: Card) -> dict[str, object]:
    return {name: getattr(card, name) for name in Card.__dataclass_fields__}


def _put_courses(db: Session, class_id: str, ids: Sequence[str], now: dt.datetime) -> None:
    known = catalogue.offered(db, ids)
    for position, course_id in enumerate(ids):
        if course_id not in known or not known[course_id].is_open or course_id in ids[:position]:
            raise InvalidError(
                "有一门课程没有、停止或暂停报名，或者选了两次。", field="/course_ids",
                remedy="请重新选择课程",
            )  # fmt: skip
        db.add(
            ClassCourse(id=new_id(now), class_id=class_id, course_id=course_id, position=position)
        )
    db.flush()


def _check_not_members(db: Session, class_id: str, ids: Sequence[str]) -> None:
    """Who calls the roll of a class is not on it."""
    if {each.learner_id for each in people_rows.members_of(db, class_id)} & set(ids):
        raise InvalidError(
            "选的教师里有人是这个班的学员。", field="/teacher_ids",
            remedy="请先把他移出这个班，或者另选教师",
        )  # fmt: skip


def _put_teachers(
    db: Session, org_id: str, class_id: str, ids: Sequence[str], now: dt.datetime
) -> None:
    can = set(can_teach(db, org_id))
    for position, person_id in enumerate(ids):
        if person_id not in can or person_id in ids[:position]:
            raise InvalidError(
                "选的教师里有人不能在本单位上课点名，或者选了两次。", field="/teacher_ids",
                remedy="请先在“经办人”里请他担任教师、经办人或负责人",
            )  # fmt: skip
        db.add(
            ClassTeacher(id=new_id(now), class_id=class_id, person_id=person_id, position=position)
        )
    db.flush()
