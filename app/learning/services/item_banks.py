"""Question banks of an institution: making and naming them, and which courses draw from them.

Who acts for the owner is the doorway's matter; here everything begins with the owner's id.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.ids import new_id
from app.learning.models.catalogue import Course
from app.learning.models.exams import ExamBank, ExamBankCourse
from app.learning.models.versions import CourseVersion
from app.learning.repository import authoring as course_rows
from app.learning.repository import banks as rows

MOST_BANKS = 200
TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class CourseUse:
    """A course of the owner, published or not; `version_id` is its newest version."""

    course_id: str
    title: str
    is_used: bool
    version_id: str
    is_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BankView:
    bank_id: str
    title: str
    item_count: int
    courses: tuple[CourseUse, ...]
    """The owner's courses, and whether each draws from this bank."""


def list_banks(db: Session, owner_id: str) -> tuple[BankView, ...]:
    """Return an institution's banks in the order in which they were made."""
    found = rows.banks_of(db, owner_id)
    counts = rows.counts(db, [row.id for row in found])
    return tuple(_view(db, row, counts.get(row.id, 0)) for row in found)


def bank_view(db: Session, owner_id: str, bank_id: str) -> BankView:
    """Return one bank. Raises NotFoundError."""
    row = own_bank(db, owner_id, bank_id)
    return _view(db, row, rows.counts(db, [row.id]).get(row.id, 0))


def _view(db: Session, row: ExamBank, count: int) -> BankView:
    used = {course.id: course.title for course in rows.courses_of(db, row.id)}
    owned = {course.id: course.title for course in rows.courses_owned(db, row.owner_id or "")}
    versions: dict[str, list[CourseVersion]] = {course_id: [] for course_id in owned | used}
    for version in course_rows.versions_of_all(db, list(versions)):
        versions[version.course_id].append(version)
    courses = tuple(
        CourseUse(
            course_id, title, course_id in used, versions[course_id][0].id,
            any(each.published_at is not None for each in versions[course_id]),
        )
        for course_id, title in (owned | used).items()
        if versions[course_id]
    )  # fmt: skip
    return BankView(bank_id=row.id, title=row.title, item_count=count, courses=courses)


def own_bank(db: Session, owner_id: str, bank_id: str) -> ExamBank:
    """Return a bank of this owner. Raises NotFoundError."""
    return _owned(rows.bank(db, bank_id), owner_id)


def own_bank_to_change(db: Session, owner_id: str, bank_id: str) -> ExamBank:
    """The same, for one writer at a time."""
    return _owned(rows.bank_to_change(db, bank_id), owner_id)


def _owned(row: ExamBank | None, owner_id: str) -> ExamBank:
    if row is None or row.owner_id != owner_id:
        raise NotFoundError("没有这个题库。", remedy="请从“题库”列表进入")
    return row


def create_bank(
    db: Session, owner_id: str, title: str, *, actor_id: str, now: dt.datetime
) -> BankView:
    """Make an empty bank. Raises InvalidError, ConflictError."""
    named = _title(title)
    known = rows.banks_of(db, owner_id)
    if len(known) >= MOST_BANKS:
        raise ConflictError(
            f"题库已有 {MOST_BANKS} 个。", code="too_many_banks", remedy="请把题目放进已有的题库"
        )
    _check_free(known, named, None)
    row = ExamBank(id=new_id(now), owner_id=owner_id, title=named, created_at=now)
    db.add(row)
    db.flush()
    audit.record(db, "bank.created", now=now, actor_id=actor_id, subject_id=row.id, org_id=owner_id)
    return _view(db, row, 0)


def rename_bank(
    db: Session, owner_id: str, bank_id: str, title: str, *, actor_id: str, now: dt.datetime
) -> BankView:
    """Call a bank something else. Raises NotFoundError, InvalidError, ConflictError."""
    row = own_bank_to_change(db, owner_id, bank_id)
    named = _title(title)
    _check_free(rows.banks_of(db, owner_id), named, bank_id)
    if row.title != named:
        row.title = named
        db.flush()
        audit.record(
            db, "bank.renamed", now=now, actor_id=actor_id, subject_id=row.id, org_id=owner_id
        )
    return bank_view(db, owner_id, bank_id)


def _title(title: str) -> str:
    named = title.strip()
    if not 0 < len(named) <= TITLE_LENGTH:
        raise InvalidError(
            "题库要有名称。", field="/title", remedy=f"请填 1 到 {TITLE_LENGTH} 个字"
        )
    return named


def _check_free(known: list[ExamBank], title: str, but_id: str | None) -> None:
    if any(row.title == title and row.id != but_id for row in known):
        raise ConflictError(
            "已有同名的题库。", code="bank_title_taken", field="/title", remedy="请换一个名称"
        )


def use_in_course(
    db: Session, owner_id: str, bank_id: str, course_id: str, *, actor_id: str, now: dt.datetime
) -> BankView:
    """Let an own course draw from an own bank. Raises NotFoundError."""
    row = own_bank_to_change(db, owner_id, bank_id)
    _check_owned(db, owner_id, course_id)
    if rows.use_of(db, bank_id, course_id) is None:
        db.add(ExamBankCourse(bank_id=row.id, course_id=course_id))
        db.flush()
        audit.record(
            db, "bank.used", now=now, actor_id=actor_id, subject_id=row.id, course_id=course_id
        )
    return bank_view(db, owner_id, bank_id)


def leave_course(
    db: Session, owner_id: str, bank_id: str, course_id: str, *, actor_id: str, now: dt.datetime
) -> BankView:
    """Papers of a course are no longer drawn from a bank; those that were stay."""
    row = own_bank_to_change(db, owner_id, bank_id)
    _check_owned(db, owner_id, course_id)
    use = rows.use_of(db, bank_id, course_id)
    if use is not None:
        db.delete(use)
        db.flush()
        audit.record(
            db, "bank.left", now=now, actor_id=actor_id, subject_id=row.id, course_id=course_id
        )
    return bank_view(db, owner_id, bank_id)


def _check_owned(db: Session, owner_id: str, course_id: str) -> None:
    own_course(rows.course(db, course_id), owner_id)


def own_course(course: Course | None, owner_id: str) -> Course:
    """Return an owner's course, a draft as well: without questions none could be published.

    Raises NotFoundError.
    """
    if course is None or course.org_id != owner_id:
        raise NotFoundError("没有这门课，或者不是本单位的课。", remedy="请从本单位的课程中选择")
    return course
