"""An attempt's end: judged by machine at once, by people where it has short answers."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.models.exams import ExamAttempt
from app.learning.repository import exams as rows
from app.learning.repository import versions
from app.learning.rules import exams as rules
from app.learning.services import exam_asking, exam_reviews, progress
from app.learning.services.exam_footing import enrolment_of, policy_of
from app.learning.services.exam_papers import (
    given_letters,
    item_of,
    items_of,
    mark_shares,
    paper_of,
    unmarked,
)

MARKING, GRADED = "marking", "graded"
EXAM_GRADED = "exam.graded"


def end(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Take the paper in as it was at a moment."""
    exam_asking.end(db, row, now=now)
    row.ended_at = now
    if unmarked(db, row):
        row.state = MARKING
        db.flush()
        audit.record(db, "exam.handed_in", now=now, actor_id=row.learner_id, subject_id=row.id)
        return
    finish(db, row, now=now)


def end_overdue(db: Session, attempt_id: str, *, now: dt.datetime) -> bool:
    """End an attempt whose time is over; not while a check is judged that was answered in time."""
    row = rows.attempt_to_change(db, attempt_id)
    if row is None or row.state != "open":
        return True
    check = exam_asking.find_again(db, row, now=now)
    if now <= row.closes_at or exam_asking.is_being_judged(check, now):
        return False
    end(db, row, now=row.closes_at)
    return True


def finish(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Say what the paper is worth, once nothing of it waits for people."""
    grade = rules.grade(
        policy_of(db, row), {key: item_of(item) for key, item in items_of(db, row).items()},
        paper_of(row), given_letters(db, row), mark_shares(db, row),
    )  # fmt: skip
    row.score = grade.score
    # In a contest every place counts, not only whether somebody passes.
    counts = grade.passed or row.contest_entry_id is not None
    reasons = exam_reviews.held_by(db, row) if counts else ()
    if reasons:
        exam_reviews.hold(db, row, reasons, now=now)
        return
    _settle(db, row, passed=grade.passed, now=now)


def review(
    db: Session, attempt_id: str, *, is_valid: bool, actor_id: str, now: dt.datetime
) -> None:
    """What a person decided on a held result: it stands, or the attempt was none and counts as one.

    Raises NotFoundError, ConflictError where it was decided before.
    """
    row = exam_reviews.held(db, attempt_id)
    audit.record(
        db, "exam.reviewed", now=now, actor_id=actor_id, subject_id=row.id,
        decision="released" if is_valid else exam_reviews.VOIDED,
    )  # fmt: skip
    if is_valid:
        _settle(db, row, passed=True, now=now)
        return
    row.state, row.passed = exam_reviews.VOIDED, False
    db.flush()
    if row.enrolment_id is not None:
        progress.note_progress(db, row.enrolment_id, now=now)


def _settle(db: Session, row: ExamAttempt, *, passed: bool, now: dt.datetime) -> None:
    enrolment = enrolment_of(db, row)
    # Nobody passes or fails a contest: its score stands in a ranking, and is told with it.
    row.state, row.passed = GRADED, passed if enrolment is not None else None
    db.flush()
    audit.record(
        db, EXAM_GRADED, now=now, actor_id=row.learner_id, subject_id=row.id,
        score=row.score, passed=row.passed, enrolment_id=row.enrolment_id,
    )  # fmt: skip
    if enrolment is None:
        return
    inbox.notify(
        db, row.learner_id, NoticeKind.EXAM_RESULT, now=now,
        course=versions.of_enrolment(db, enrolment).title,
        score=str(row.score), verdict="已通过" if passed else "没有通过",
    )  # fmt: skip
    progress.note_progress(db, enrolment.id, now=now)
