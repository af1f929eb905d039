"""Rows of question banks: banks, the courses that draw from them, versions of questions."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from app.core.listing import Asked, Order, Piece, piece_of
from app.learning.models.catalogue import Course, Enrolment
from app.learning.models.exams import (
    ExamAnswer,
    ExamAttempt,
    ExamBank,
    ExamBankCourse,
    ExamBlueprint,
    ExamItem,
)


def bank(db: Session, bank_id: str) -> ExamBank | None:
    return db.get(ExamBank, bank_id)


def bank_to_change(db: Session, bank_id: str) -> ExamBank | None:
    """Return a bank, so that only one writer at a time works on its questions."""
    return db.get(ExamBank, bank_id, with_for_update=True, populate_existing=True)


def banks_of(db: Session, owner_id: str) -> list[ExamBank]:
    query = select(ExamBank).where(ExamBank.owner_id == owner_id)
    return list(db.scalars(query.order_by(ExamBank.created_at, ExamBank.id)))


def own_bank_of_course(db: Session, course_id: str) -> ExamBank | None:
    """Return the platform's own bank of a course, the first of them."""
    query = (
        select(ExamBank).join(ExamBankCourse, ExamBankCourse.bank_id == ExamBank.id)
        .where(ExamBankCourse.course_id == course_id, ExamBank.owner_id.is_(None))
        .order_by(ExamBank.created_at, ExamBank.id).limit(1)
    )  # fmt: skip
    return db.scalars(query).first()


def courses_of(db: Session, bank_id: str) -> list[Course]:
    query = select(Course).join(ExamBankCourse, ExamBankCourse.course_id == Course.id)
    return list(db.scalars(query.where(ExamBankCourse.bank_id == bank_id).order_by(Course.title)))


def courses_owned(db: Session, owner_id: str) -> list[Course]:
    query = select(Course).where(Course.org_id == owner_id)
    return list(db.scalars(query.order_by(Course.title, Course.id)))


def use_of(db: Session, bank_id: str, course_id: str) -> ExamBankCourse | None:
    return db.get(ExamBankCourse, (bank_id, course_id))


def leave_all(db: Session, course_id: str) -> None:
    """Forget which banks a course draws from, and how: it goes away itself."""
    for table in (ExamBankCourse, ExamBlueprint):
        db.execute(delete(table).where(table.course_id == course_id))


def counts(db: Session, bank_ids: Sequence[str]) -> dict[str, int]:
    """How many questions in use each bank has."""
    query = select(ExamItem.bank_id, func.count()).where(
        ExamItem.bank_id.in_(bank_ids), ExamItem.is_active.is_(True)
    )
    return {found[0]: found[1] for found in db.execute(query.group_by(ExamItem.bank_id))}


def _of(bank_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ExamItem.bank_id == bank_id, ExamItem.is_active.is_(True)


def items(db: Session, bank_id: str) -> list[ExamItem]:
    """Return the questions in use, by their codes."""
    return list(db.scalars(select(ExamItem).where(*_of(bank_id)).order_by(ExamItem.code)))


ITEMS = Order(
    keys={
        "code": ExamItem.code, "kind": ExamItem.kind, "chapter": ExamItem.chapter,
        "difficulty": ExamItem.difficulty,
    },
    last=ExamItem.id,
    own="code",
    size=50,
)  # fmt: skip


def find_items(
    db: Session, bank_id: str, asked: Asked, *, text: str, kind: str, chapter: str
) -> Piece[ExamItem]:
    """A piece of the questions in use. Raises InvalidError for /sort and /at."""
    wanted = [*_of(bank_id)]
    if text:
        held = (ExamItem.code, ExamItem.stem, ExamItem.point)
        wanted.append(or_(*(column.contains(text, autoescape=True) for column in held)))
    if kind:
        wanted.append(ExamItem.kind == kind)
    if chapter:
        wanted.append(ExamItem.chapter == chapter)
    return piece_of(db, select(ExamItem).where(*wanted), ITEMS, asked)


def chapters(db: Session, bank_id: str) -> list[str]:
    query = select(ExamItem.chapter).where(*_of(bank_id), ExamItem.chapter != "").distinct()
    return sorted(db.scalars(query))


def newest(db: Session, bank_id: str) -> dict[str, ExamItem]:
    """Return the newest version of every code, those taken out of use as well."""
    query = select(ExamItem).where(ExamItem.bank_id == bank_id).order_by(ExamItem.version)
    return {row.code: row for row in db.scalars(query)}


def versions(db: Session, bank_id: str, code: str) -> list[ExamItem]:
    query = select(ExamItem).where(ExamItem.bank_id == bank_id, ExamItem.code == code)
    return list(db.scalars(query.order_by(ExamItem.version.desc())))


def bank_ids(db: Session, course_id: str) -> list[str]:
    """Return the banks that a course draws from, by id."""
    query = select(ExamBankCourse.bank_id).where(ExamBankCourse.course_id == course_id)
    return sorted(db.scalars(query))


def pool(db: Session, bank_ids: Sequence[str], at: dt.datetime | None = None) -> list[ExamItem]:
    """Return the questions of banks, by id: in use now, or as they were in use at a moment."""
    query = select(ExamItem).where(ExamItem.bank_id.in_(bank_ids)).order_by(ExamItem.id)
    if at is None:
        return list(db.scalars(query.where(ExamItem.is_active.is_(True))))
    is_later = or_(ExamItem.retired_at.is_(None), ExamItem.retired_at > at)
    return list(db.scalars(query.where(ExamItem.made_at <= at, is_later)))


def blueprint(db: Session, course_id: str) -> ExamBlueprint | None:
    """Return the newest blueprint of a course."""
    query = select(ExamBlueprint).where(ExamBlueprint.course_id == course_id)
    return db.scalars(query.order_by(ExamBlueprint.number.desc()).limit(1)).first()


def seen_items(
    db: Session, learner_id: str, course_id: str, before: dt.datetime
) -> list[list[Any]]:
    """Return the papers that a learner had of a course before a moment."""
    query = (
        select(ExamAttempt.paper).join(Enrolment, Enrolment.id == ExamAttempt.enrolment_id)
        .where(
            ExamAttempt.learner_id == learner_id, Enrolment.course_id == course_id,
            ExamAttempt.started_at < before,
        )
    )  # fmt: skip
    return list(db.scalars(query))


def course(db: Session, course_id: str) -> Course | None:
    """Return a course, whether any version of it was published or not."""
    return db.get(Course, course_id)


def course_to_change(db: Session, course_id: str) -> Course | None:
    """Return a course, so that only one writer at a time works on its blueprint."""
    return db.get(Course, course_id, with_for_update=True, populate_existing=True)


def graded_papers(db: Session, bank_id: str, most: int) -> list[ExamAttempt]:
    """Return papers with a result of the courses that draw from a bank, the newest first."""
    query = (
        select(ExamAttempt).join(Enrolment, Enrolment.id == ExamAttempt.enrolment_id)
        .join(ExamBankCourse, ExamBankCourse.course_id == Enrolment.course_id)
        .where(ExamBankCourse.bank_id == bank_id, ExamAttempt.state == "graded")
        .order_by(ExamAttempt.ended_at.desc(), ExamAttempt.id.desc()).limit(most)
    )  # fmt: skip
    return list(db.scalars(query))


def answers_of(
    db: Session, attempt_ids: Sequence[str], item_ids: Sequence[str]
) -> dict[tuple[str, str], list[Any]]:
    """Return the newest answers by paper and question."""
    query = select(ExamAnswer).where(
        ExamAnswer.attempt_id.in_(attempt_ids), ExamAnswer.item_id.in_(item_ids)
    )
    found = db.scalars(query.order_by(ExamAnswer.number))
    return {(row.attempt_id, row.item_id): row.choices for row in found}
