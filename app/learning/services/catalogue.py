"""The catalogue: what can be learnt, in which cluster, and what it asks."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.learning.models.catalogue import Course, Lesson
from app.learning.repository import catalogue as rows
from app.learning.repository import versions
from app.learning.rules.entry import Entry
from app.learning.rules.policy import StudyPolicy
from app.learning.services import policies
from app.learning.services.enrolments import refused_entry

PAGE_SIZE = 20
_MOST_CHOICES = 1000


@dataclass(frozen=True, slots=True)
class ClusterView:
    code: str
    name: str
    target: int


@dataclass(frozen=True, slots=True)
class LessonView:
    lesson_id: str
    kind: str
    title: str
    length_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    course_id: str
    title: str
    summary: str
    cluster_code: str
    required_ms: int
    hour_s: int
    pass_mark: int
    entry: Entry
    is_media_proved: bool
    """Whether a second counts only where its picture or page was really sent."""
    lessons: tuple[LessonView, ...]


def clusters(db: Session) -> list[ClusterView]:
    """Return the clusters of the programme in their order."""
    return [ClusterView(row.code, row.name, row.target) for row in rows.clusters(db)]


def list_courses(
    db: Session, *, query: str, cluster_code: str | None, page: int, now: dt.datetime
) -> tuple[list[CourseView], int]:
    """Return a page of the open courses (20 each, from page 1) and the total.

    What they ask is what they ask of whoever enrols now.
    """
    found, total = rows.courses(
        db, query=query.strip(), cluster_code=cluster_code, skip=(page - 1) * PAGE_SIZE,
        most=PAGE_SIZE,
    )  # fmt: skip
    lessons = versions.offered_lessons(db, [course.id for course in found])
    asked = policies.in_force_of_all(db, found, now=now)
    return [_view(course, lessons, asked[course.id]) for course in found], total


def course_view(db: Session, course_id: str, *, now: dt.datetime) -> CourseView:
    """Return one course. Raises NotFoundError."""
    course = _course(db, course_id)
    asked = policies.in_force(db, course_id, now=now)
    return _view(course, versions.offered_lessons(db, [course_id]), asked)


def course_title(db: Session, course_id: str) -> str:
    """Return a course's title. Raises NotFoundError."""
    return _course(db, course_id).title


def titles(db: Session, course_ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of courses by id, with one query."""
    return rows.titles(db, course_ids)


@dataclass(frozen=True, slots=True)
class CourseTitle:
    """What a list of courses shows; who is not enrolled yet can only be in one that is open."""

    course_id: str
    title: str
    is_open: bool


def offered(db: Session, course_ids: Collection[str]) -> dict[str, CourseTitle]:
    """The titles of some courses by their ids; one that never was published is not among them."""
    found = rows.published(db, course_ids)
    return {row.id: CourseTitle(row.id, row.title, row.entry is Entry.OPEN) for row in found}


def open_titles(db: Session) -> list[CourseTitle]:
    """Every course that may be begun now, by title, to choose from."""
    found, _ = rows.courses(db, query="", cluster_code=None, skip=0, most=_MOST_CHOICES)
    return [CourseTitle(row.id, row.title, True) for row in found if row.entry is Entry.OPEN]


def check_entry(db: Session, course_id: str) -> None:
    """Raises NotFoundError for an unknown course, ConflictError where nobody new is let in."""
    entry = _course(db, course_id).entry
    if entry is not Entry.OPEN:
        raise refused_entry(entry)


def set_stopped(db: Session, org_id: str, at: dt.datetime | None) -> list[str]:
    """Let nobody new into an institution's courses from a moment on, or with None again.

    Returns the courses. Who is in one goes on, as in a course that is offered no more.
    """
    return rows.set_stopped(db, org_id, at)


def open_of_maker(db: Session, org_id: str) -> list[str]:
    """Those of an institution's courses that let somebody new in."""
    return [row.id for row in rows.of_maker(db, org_id) if row.entry is Entry.OPEN]


def _course(db: Session, course_id: str) -> Course:
    course = rows.course(db, course_id)
    if course is None:
        raise NotFoundError("没有这门课程。", field="/course_id", remedy="请从课程列表中选择")
    return course


def _view(course: Course, lessons: list[Lesson], policy: StudyPolicy) -> CourseView:
    return CourseView(
        course_id=course.id, title=course.title, summary=course.summary,
        cluster_code=course.cluster_code, required_ms=policy.required_s * 1000,
        hour_s=policy.hour_s, pass_mark=policy.exam_pass,
        entry=course.entry, is_media_proved=policy.media_proof,
        lessons=tuple(
            LessonView(row.id, row.kind, row.title, row.length_ms)
            for row in lessons if row.course_id == course.id
        ),
    )  # fmt: skip
