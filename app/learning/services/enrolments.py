"""Enrolling: a learner in a course, in its version and under the policy of that day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.learning.models.catalogue import Enrolment
from app.learning.repository import catalogue as rows
from app.learning.repository import versions
from app.learning.rules.entry import WORDS, Entry
from app.learning.services import policies, steps

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentView:
    enrolment_id: str
    learner_id: str
    course_id: str
    course_title: str
    round: int
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
        if course.entry is not Entry.OPEN:
            raise refused_entry(course.entry)
        row = _begin(db, learner_id, course_id, 1, now=now, source=source, assigned_by=assigned_by)
    if deadline_on is not None:
        row.deadline_on = deadline_on
    return _view(db, row)


def refused_entry(entry: Entry) -> ConflictError:
    """What is said to whoever would begin a course that lets nobody new in."""
    words = WORDS[entry]
    return ConflictError(words.sentence, code=entry.value, field="/course_id", remedy=words.remedy)


def enrol_again(
    db: Session,
    enrolment_id: str,
    *,
    learner_id: str,
    now: dt.datetime,
    source: str = "renewal",
    assigned_by: str | None = None,
    deadline_on: dt.date | None = None,
) -> EnrolmentView:
    """Begin the course of a completed enrolment anew, from nothing, under today's policy.

    Whether there is a reason to is the caller's to judge. Done twice it is one, with the newer
    deadline. Raises NotFoundError for anybody else's, ConflictError where it is not completed or
    the course is closed.
    """
    row = rows.enrolment(db, enrolment_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    course = rows.course(db, row.course_id)
    newest = rows.enrolment_in(db, learner_id, row.course_id)
    if course is None or newest is None or course.entry is Entry.CLOSED:
        raise ConflictError(
            "这门课程已停止报名，不能在这里复训。", code="closed", remedy="请联系原培训机构"
        )
    if course.entry is Entry.STOPPED and newest.id == row.id:
        raise refused_entry(course.entry)
    if newest.id == row.id:
        if row.state != "completed":
            raise ConflictError("这门课还没有学完。", code="unfinished", remedy="请先学完")
        newest = _begin(
            db, learner_id, course.id, row.round + 1, now=now, source=source,
            assigned_by=assigned_by,
        )  # fmt: skip
    if deadline_on is not None:
        newest.deadline_on = deadline_on
    return _view(db, newest)


def _begin(
    db: Session,
    learner_id: str,
    course_id: str,
    number: int,
    *,
    now: dt.datetime,
    source: str,
    assigned_by: str | None,
) -> Enrolment:
    """Begin a round, unless another request began it at this very moment: then that one."""
    policy = policies.in_force(db, course_id, now=now)
    version = versions.offered(db, course_id)
    if version is None:
        raise refused_entry(Entry.CLOSED)
    row = Enrolment(
        id=new_id(now), learner_id=learner_id, course_id=course_id, round=number,
        version_id=version.id,
        policy=policy.to_mapping(), required_ms=policy.required_s * 1000, state="active",
        source=source, assigned_by=assigned_by, started_at=now,
    )  # fmt: skip
    if not add_first(db, row):
        return rows.enrolment_of_round(db, learner_id, course_id, number)
    audit.record(
        db, "enrolment.started", now=now, actor_id=assigned_by or learner_id,
        subject_id=row.id, source=source,
    )  # fmt: skip
    steps.note(db, row.id, now=now)
    return row


def put_deadline(db: Session, enrolment_id: str, deadline_on: dt.date | None) -> EnrolmentView:
    """Move the day by which an enrolment is due, or take it away. Raises NotFoundError."""
    row = rows.enrolment(db, enrolment_id)
    if row is None:
        raise NotFoundError("没有这条报名记录。", remedy="请刷新后再试")
    row.deadline_on = deadline_on
    return _view(db, row)


def completed_among(db: Session, enrolment_ids: Sequence[str]) -> set[str]:
    """Those of some enrolments that are completed; however many, a thousand are asked at a time."""
    found: set[str] = set()
    for start in range(0, len(enrolment_ids), _AT_ONCE):
        found |= rows.completed_among(db, enrolment_ids[start : start + _AT_ONCE])
    return found


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest enrolment in a course, and whether somebody may still begin it."""

    enrolment_id: str
    learner_id: str
    round: int
    started_at: dt.datetime
    is_completed: bool
    is_open: bool


def newest_after(db: Session, enrolment_id: str) -> Newest:
    """Return how the course of an enrolment stands for its learner. Raises NotFoundError."""
    row = rows.enrolment(db, enrolment_id)
    course = rows.course(db, row.course_id) if row is not None else None
    found = rows.enrolment_in(db, row.learner_id, row.course_id) if row is not None else None
    if course is None or found is None:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    return Newest(
        found.id,
        found.learner_id,
        found.round,
        found.started_at,
        found.state == "completed",
        course.entry is Entry.OPEN,
    )


def list_for_learner(db: Session, learner_id: str) -> list[EnrolmentView]:
    """Return a learner's enrolments, the newest first."""
    return [_view(db, row) for row in rows.enrolments_of(db, learner_id)]


def enrolment_view(db: Session, enrolment_id: str, *, learner_id: str) -> EnrolmentView:
    """Return a learner's own enrolment. Raises NotFoundError for anybody else's."""
    row = rows.enrolment(db, enrolment_id)
    if row is None or row.learner_id != learner_id:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    return _view(db, row)


def _view(db: Session, row: Enrolment) -> EnrolmentView:
    return EnrolmentView(
        enrolment_id=row.id, learner_id=row.learner_id, course_id=row.course_id,
        course_title=versions.of_enrolment(db, row).title, round=row.round,
        required_ms=row.required_ms, state=row.state,
        deadline_on=row.deadline_on, started_at=row.started_at, completed_at=row.completed_at,
    )  # fmt: skip
