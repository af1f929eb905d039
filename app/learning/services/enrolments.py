"""Enrolling: a learner in a course, under the policy of that day."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.learning.models.catalogue import Enrolment
from app.learning.repository import catalogue as rows
from app.learning.services import policies


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentView:
    enrolment_id: str
    learner_id: str
    course_id: str
    course_title: str
    required_ms: int
    state: str
    deadline_on: dt.date | None
    started_at: dt.datetime
    completed_at: dt.datetime | None


def enrol(
    db: Session,
    *,
    learner_id: str,
    course_id: str,
    now: dt.datetime,
    source: str = "self",
    assigned_by: str | None = None,
    deadline_on: dt.date | None = None,
) -> EnrolmentView:
    """Enrol a learner; enrolling again gives the enrolment there is, with the newer deadline.

    Raises NotFoundError for an unknown course, ConflictError for one that is closed.
    """
    course = rows.course(db, course_id)
    if course is None:
        raise NotFoundError("没有这门课程。", field="/course_id", remedy="请从课程列表中选择")
    row = rows.enrolment_in(db, learner_id, course_id)
    if row is None:
        if not course.is_open:
            raise ConflictError("这门课程已停止报名。", field="/course_id", remedy="请选其他课程")
        policy = policies.in_force(db, course_id, now=now)
        row = Enrolment(
            id=new_id(now), learner_id=learner_id, course_id=course_id,
            policy=policy.to_mapping(), required_ms=policy.required_s * 1000, state="active",
            source=source, assigned_by=assigned_by, deadline_on=deadline_on, started_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        audit.record(
            db, "enrolment.started", now=now, actor_id=assigned_by or learner_id,
            subject_id=row.id, source=source,
        )  # fmt: skip
    elif deadline_on is not None:
        row.deadline_on = deadline_on
    return _view(row, course.title)


def list_for_learner(db: Session, learner_id: str) -> list[EnrolmentView]:
    """Return a learner's enrolments, the newest first."""
    found = []
    for row in rows.enrolments_of(db, learner_id):
        course = rows.course(db, row.course_id)
        found.append(_view(row, course.title if course else ""))
    return found


def enrolment_view(db: Session, enrolment_id: str, *, learner_id: str) -> EnrolmentView:
    """Return a learner's own enrolment. Raises NotFoundError for anybody else's."""
    row = rows.enrolment(db, enrolment_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    course = rows.course(db, row.course_id)
    return _view(row, course.title if course else "")


def _view(row: Enrolment, title: str) -> EnrolmentView:
    return EnrolmentView(
        enrolment_id=row.id, learner_id=row.learner_id, course_id=row.course_id,
        course_title=title, required_ms=row.required_ms, state=row.state,
        deadline_on=row.deadline_on, started_at=row.started_at, completed_at=row.completed_at,
    )  # fmt: skip
