"""Publishing: clusters, courses and lessons with their media; the same again changes nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.errors import ConflictError, InvalidError
from app.core.ids import new_id
from app.core.storage import Storage
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.repository import publishing as rows
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
from app.learning.services import policies
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
    """Enter a course and its lessons, or what has changed of them; returns its id.

    Films that are not there yet are asked of the outbox. A changed lesson gets new media beside
    the old ones, which past sessions point at. Raises InvalidError, ConflictError.
    """
    if rows.cluster(db, course.cluster_code) is None:
        raise InvalidError("没有这个产业集群。", field="/cluster", remedy="请先登记产业集群")
    row = rows.course_by_code(db, course.code)
    if row is None:
        row = Course(id=new_id(now), code=course.code, is_open=True, created_at=now)
        db.add(row)
    _fill(row, course)
    db.flush()
    policies.publish_changed(
        db,
        NewRevision(
            scope=Scope.COURSE, scope_id=row.id, settings=course.settings, basis=course.basis,
            effective_from=None, note="",
        ),
        now=now,
    )  # fmt: skip
    known = rows.lessons_by_position(db, row.id)
    if len(known) > len(course.lessons):
        raise ConflictError(
            "已发布的课程不能减少课时。", field="/lessons", remedy="请保留原来的课时，或另建课程"
        )
    for position, lesson in enumerate(course.lessons, 1):
        asset = _asset(db, course, lesson, now)
        put = _put_lesson(db, known.get(position), (row.id, position), lesson, asset, now=now)
        put.questions = _placed(lesson, course.questions[position - 1 : position])
    db.flush()
    return row.id


def _fill(row: Course, course: NewCourse) -> None:
    row.cluster_code, row.title, row.summary = course.cluster_code, course.title, course.summary
    row.policy = StudyPolicy.from_mapping(course.settings).to_mapping()
    row.programme, row.institution = course.programme, course.institution
    row.certificate_type, row.validity_months = course.certificate_type, course.validity_months
    row.exam_size, row.exam_s = course.exam_size, course.exam_s


def _put_lesson(
    db: Session,
    row: Lesson | None,
    place: tuple[str, int],
    lesson: AnyLesson,
    asset: MediaAsset,
    *,
    now: dt.datetime,
) -> Lesson:
    if row is None:
        row = Lesson(id=new_id(now), course_id=place[0], position=place[1])
        db.add(row)
    row.title, row.length_ms, row.asset_id = lesson.title, lesson.length_ms, asset.id
    if isinstance(lesson, VideoLesson):
        row.kind, row.pages = "video", []
    else:
        row.kind = "document"
        row.pages = [{"n": n, "ms": reading_ms(page)} for n, page in enumerate(lesson.pages, 1)]
    return row


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
