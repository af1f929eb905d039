"""Publishing what is written in files: clusters, courses, lessons with their media.

The same again changes nothing; whatever is another makes the next version of its course.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.errors import InvalidError
from app.core.ids import new_id
from app.core.storage import Storage
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.models.versions import CourseVersion
from app.learning.repository import publishing as rows
from app.learning.repository import versions as version_rows
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.policy_scopes import Basis, Scope
from app.learning.rules.teaching import (
    DocumentLesson,
    VideoLesson,
    fingerprint,
    page_html,
    reading_ms,
    stretches,
    to_mapping,
)
from app.learning.rules.versions import VersionState
from app.learning.services import policies, versions
from app.learning.services.policies import NewRevision

MAKE_VIDEO = "make_video"
PAGE_TYPE = "text/html; charset=utf-8"

AnyLesson = VideoLesson | DocumentLesson


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """A question on one part of a lesson; `answer` are the places of the right choices."""

    part: int
    stem: str
    choices: tuple[str, ...]
    answer: tuple[int, ...]
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCourse:
    """A course as its author wrote it."""

    code: str
    cluster_code: str
    title: str
    summary: str
    settings: Mapping[str, Any]
    basis: Basis
    programme: str
    institution: str
    certificate_type: str
    validity_months: int | None
    exam_size: int
    exam_s: int
    lessons: tuple[AnyLesson, ...]
    questions: tuple[tuple[NewQuestion, ...], ...] = ()
    """Of each lesson, in the order of the lessons."""


def publish_cluster(db: Session, *, code: str, name: str, position: int, target: int) -> None:
    """Enter a cluster, or what has changed of it."""
    row = rows.cluster(db, code)
    if row is None:
        db.add(Cluster(code=code, name=name, position=position, target=target))
    else:
        row.name, row.position, row.target = name, position, target
    db.flush()


def store_pages(storage: Storage, course: NewCourse) -> None:
    """Store the pages of all documents; before the transaction, as a store may be slow.

    Their names hold the fingerprint of their text, so nothing that anybody reads is overwritten.
    """
    for lesson in course.lessons:
        if isinstance(lesson, DocumentLesson):
            for number, content in enumerate(_contents(lesson), 1):
                storage.put(f"{_storage_key(course, lesson)}/{number}", content)


def publish_course(db: Session, course: NewCourse, *, now: dt.datetime) -> str:
    """Enter a course, or the next version of it where anything is another; returns its id.

    Who is enrolled already stays with the version they began. Films that are not there yet are
    asked of the outbox. Raises InvalidError.
    """
    if rows.cluster(db, course.cluster_code) is None:
        raise InvalidError("没有这个产业集群。", field="/cluster", remedy="请先登记产业集群")
    lessons = [_lesson(db, course, place, now) for place in range(len(course.lessons))]
    row = rows.course_by_code(db, course.code)
    if row is None:
        row = _new_course(course, now)
        db.add(row)
        db.flush()
    offered = version_rows.offered(db, row.id)
    if offered is None or _said(offered) != _card(course) or _taught(db, offered.id) != lessons:
        _next_version(db, row, course, lessons, now)
    policies.publish_changed(
        db,
        NewRevision(
            scope=Scope.COURSE, scope_id=row.id, settings=course.settings, basis=course.basis,
            effective_from=None, note="",
        ),
        now=now,
    )  # fmt: skip
    return row.id


_CARD = (
    "cluster_code", "title", "summary", "programme", "institution", "certificate_type",
    "validity_months", "exam_size", "exam_s",
)  # fmt: skip
_TAUGHT = ("kind", "title", "length_ms", "pages", "asset_id", "questions")


def _card(course: NewCourse) -> dict[str, Any]:
    return {name: getattr(course, name) for name in _CARD}


def _said(version: CourseVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in _CARD}


def _taught(db: Session, version_id: str) -> list[dict[str, Any]]:
    return [
        {name: getattr(row, name) for name in _TAUGHT} | {"questions": row.questions or []}
        for row in version_rows.lessons(db, version_id)
    ]


def _new_course(course: NewCourse, now: dt.datetime) -> Course:
    return Course(
        id=new_id(now), code=course.code, is_open=True, created_at=now,
        policy=StudyPolicy.from_mapping(course.settings).to_mapping(), **_card(course),
    )  # fmt: skip


def _next_version(
    db: Session, row: Course, course: NewCourse, lessons: list[dict[str, Any]], now: dt.datetime
) -> None:
    version = versions.begin(
        db, row.id, settings=dict(course.settings), author_id=None, now=now, **_card(course)
    )
    db.add_all(
        Lesson(id=new_id(now), course_id=row.id, version_id=version.id, position=position, **lesson)
        for position, lesson in enumerate(lessons, 1)
    )
    version.state = VersionState.IN_REVIEW
    db.flush()
    versions.publish(db, version, reviewer_id=None, now=now)


def _lesson(db: Session, course: NewCourse, place: int, now: dt.datetime) -> dict[str, Any]:
    """What a lesson's row says, but for its version and its place in it."""
    lesson = course.lessons[place]
    pages: list[dict[str, int]] = []
    if isinstance(lesson, DocumentLesson):
        pages = [{"n": n, "ms": reading_ms(page)} for n, page in enumerate(lesson.pages, 1)]
    return {
        "kind": "video" if isinstance(lesson, VideoLesson) else "document",
        "title": lesson.title, "length_ms": lesson.length_ms, "pages": pages,
        "asset_id": _asset(db, course, lesson, now).id,
        "questions": _placed(lesson, course.questions[place : place + 1]),
    }  # fmt: skip


def _placed(lesson: AnyLesson, given: tuple[tuple[NewQuestion, ...], ...]) -> list[dict[str, Any]]:
    """The questions with the stretches that they are about."""
    parts = stretches(lesson)
    return [
        {
            "from_ms": parts[each.part - 1][0], "to_ms": parts[each.part - 1][1],
            "stem": each.stem, "choices": list(each.choices), "answer": list(each.answer),
            "explanation": each.explanation,
        }
        for questions in given
        for each in questions
    ]  # fmt: skip


def _asset(db: Session, course: NewCourse, lesson: AnyLesson, now: dt.datetime) -> MediaAsset:
    key = _storage_key(course, lesson)
    row = rows.asset_by_key(db, key)
    if row is None:
        row = MediaAsset(
            id=new_id(now), storage_key=key, length_ms=lesson.length_ms, time_index=[], size=0,
            content_type="video/mp4", state="waiting",
        )  # fmt: skip
        if isinstance(lesson, DocumentLesson):
            row.content_type, row.state = PAGE_TYPE, "ready"
            row.size = sum(map(len, _contents(lesson)))
        db.add(row)
        db.flush()
    elif isinstance(lesson, DocumentLesson) or not lesson.hls or row.hls is not None:
        return row
    if isinstance(lesson, VideoLesson):
        name = f"{MAKE_VIDEO}:{row.id}" + (":hls" if lesson.hls else "")
        outbox.enqueue(
            db, MAKE_VIDEO, now=now, key=name, asset_id=row.id, lesson=to_mapping(lesson)
        )
    return row


def _contents(lesson: DocumentLesson) -> list[bytes]:
    return [page_html(page).encode() for page in lesson.pages]


def _storage_key(course: NewCourse, lesson: AnyLesson) -> str:
    end = ".mp4" if isinstance(lesson, VideoLesson) else ""
    return f"courses/{course.code}/{fingerprint(lesson)}{end}"
