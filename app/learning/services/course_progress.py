"""A learner's way through one course: what is done, what is open, where to go on."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.learning.models.catalogue import Enrolment
from app.learning.repository import study as rows
from app.learning.repository import versions
from app.learning.repository.study_states import lesson_of
from app.learning.rules.coverage import measure
from app.learning.rules.hours import Totals
from app.learning.rules.lessons import is_complete, resume_at
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import LessonState
from app.learning.services import materials
from app.learning.services.materials import MaterialView
from app.learning.services.session_views import (
    course_lessons,
    lesson_states,
    open_lesson_ids,
    totals,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonStep:
    """One lesson as the learner stands in it."""

    lesson_id: str
    title: str
    kind: str
    length_ms: int
    credited_ms: int
    percent: int
    is_open: bool
    is_done: bool
    resume_ms: int
    covered: tuple[tuple[int, int], ...]
    page_count: int
    chapter: str
    """The chapter's title; empty where a course has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProgress:
    enrolment_id: str
    course_id: str
    course_title: str
    state: str
    deadline_on: dt.date | None
    is_in_order: bool
    """A lesson opens when the one before is done."""
    hour_s: int
    totals: Totals
    lessons: tuple[LessonStep, ...]
    next_lesson_id: str | None
    materials: tuple[MaterialView, ...]

    @property
    def percent(self) -> int:
        """Recognised time alone: what is pending counts for nothing yet."""
        required = max(1, self.totals.required_ms)
        return min(100, self.totals.confirmed_ms * 100 // required)

    @property
    def pending_percent(self) -> int:
        required = max(1, self.totals.required_ms)
        return min(100 - self.percent, self.totals.pending_ms * 100 // required)


def course_progress(
    db: Session, enrolment_id: str, *, learner_id: str, now: dt.datetime
) -> CourseProgress:
    """Put a learner's own course together. Raises NotFoundError for anybody else's."""
    enrolment = rows.get_enrolment(db, enrolment_id)
    if enrolment is None or enrolment.learner_id != learner_id:
        raise NotFoundError("没有这条报名记录。", remedy="请从“我的学习”进入")
    policy = StudyPolicy.from_mapping(enrolment.policy)
    chapters = {row.id: row.title for row in versions.chapters(db, versions.version_id(enrolment))}
    steps = _steps(db, policy, enrolment, chapters)
    waiting = [step.lesson_id for step in steps if step.is_open and not step.is_done]
    return CourseProgress(
        enrolment_id=enrolment_id, course_id=enrolment.course_id,
        course_title=versions.of_enrolment(db, enrolment).title,
        state=enrolment.state, deadline_on=enrolment.deadline_on,
        is_in_order=policy.order_lock, hour_s=policy.hour_s,
        totals=totals(db, enrolment_id, now=now), lessons=steps,
        next_lesson_id=waiting[0] if waiting else None,
        materials=materials.list_of(db, versions.version_id(enrolment)),
    )  # fmt: skip


def _steps(
    db: Session, policy: StudyPolicy, enrolment: Enrolment, chapters: dict[str, str]
) -> tuple[LessonStep, ...]:
    lessons = course_lessons(db, enrolment.id)
    known = lesson_states(db, enrolment.learner_id, enrolment.id)
    is_open = open_lesson_ids(policy, lessons, known)
    steps = []
    for row in lessons:
        state, lesson = known.get(row.id, LessonState()), lesson_of(row)
        credited = measure(state.covered)
        steps.append(
            LessonStep(
                lesson_id=row.id,
                title=row.title,
                kind=row.kind,
                length_ms=row.length_ms,
                credited_ms=credited,
                percent=min(100, credited * 100 // max(1, row.length_ms)),
                is_open=row.id in is_open,
                is_done=is_complete(policy, lesson, state.covered),
                resume_ms=resume_at(policy, lesson, state),
                covered=tuple((start, end) for start, end in state.covered),
                page_count=len(row.pages),
                chapter=chapters.get(row.chapter_id or "", ""),
            )
        )
    return tuple(steps)
