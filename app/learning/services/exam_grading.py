"""An attempt's end: judged by machine at once, by people where it has short answers."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt
from app.learning.repository import versions
from app.learning.rules import exams as rules
from app.learning.services import progress
from app.learning.services.exam_papers import (
    given_letters,
    item_of,
    items_of,
    mark_shares,
    paper_of,
    policy_of,
    unmarked,
)

MARKING, GRADED = "marking", "graded"


def end(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Take the paper in as it was at a moment."""
    row.ended_at = now
    if unmarked(db, row):
        row.state = MARKING
        db.flush()
        audit.record(db, "exam.handed_in", now=now, actor_id=row.learner_id, subject_id=row.id)
        return
    finish(db, row, now=now)


def finish(db: Session, row: ExamAttempt, *, now: dt.datetime) -> None:
    """Say what the paper is worth, once nothing of it waits for people."""
    grade = rules.grade(
        policy_of(db, row), {key: item_of(item) for key, item in items_of(db, row).items()},
        paper_of(row), given_letters(db, row), mark_shares(db, row),
    )  # fmt: skip
    row.state, row.score, row.passed = GRADED, grade.score, grade.passed
    db.flush()
    audit.record(
        db, "exam.graded", now=now, actor_id=row.learner_id, subject_id=row.id,
        score=grade.score, passed=grade.passed,
    )  # fmt: skip
    enrolment = db.get_one(Enrolment, row.enrolment_id)
    inbox.notify(
        db, row.learner_id, NoticeKind.EXAM_RESULT, now=now,
        course=versions.of_enrolment(db, enrolment).title,
        score=str(grade.score), verdict="已通过" if grade.passed else "没有通过",
    )  # fmt: skip
    progress.note_progress(db, row.enrolment_id, now=now)
