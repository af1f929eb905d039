"""Versions of courses: beginning one, publishing it, retiring the one before."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError
from app.core.ids import new_id
from app.learning.models.catalogue import Course, Enrolment, Lesson, MediaAsset
from app.learning.models.versions import CourseVersion
from app.learning.repository import versions as rows
from app.learning.rules import versions as rules
from app.learning.rules.versions import STATE_NAMES, VersionState

PUBLISHED = "course.published"
SHOWN = (
    "cluster_code", "title", "summary", "programme", "institution", "certificate_type",
    "validity_months", "exam_size", "exam_s",
)  # fmt: skip
"""What a course repeats of the version that is offered."""
MORE = ("settings", "training_kind", "objective", "occupation_code", "level", "tags")
"""What else a version says of itself, and the hash covers."""


def begin(
    db: Session,
    course_id: str,
    *,
    author_id: str | None,
    now: dt.datetime,
    **said: Any,  # noqa: ANN401 -- columns of the version
) -> CourseVersion:
    """Begin the next version of a course as a draft; the first one has the course's own id."""
    number = rows.newest_number(db, course_id) + 1
    version = CourseVersion(
        id=course_id if number == 1 else new_id(now), course_id=course_id, number=number,
        state=VersionState.DRAFT, author_id=author_id, created_at=now, **said,
    )  # fmt: skip
    db.add(version)
    db.flush()
    return version


@dataclass(frozen=True, slots=True)
class VersionNames:
    """What a published version calls its course and its institution."""

    number: int
    title: str
    institution: str


def names_since(db: Session, enrolment_id: str) -> tuple[VersionNames, ...]:
    """The names of all versions that were published after the one of an enrolment, newest first."""
    own = rows.of_enrolment(db, db.get_one(Enrolment, enrolment_id))
    return tuple(
        VersionNames(each.number, each.title, each.institution)
        for each in rows.versions_of(db, own.course_id)
        if each.number > own.number and each.published_at is not None
    )


def move(version: CourseVersion, wanted: VersionState) -> None:
    """Bring a version into another state. Raises ConflictError where that may not follow."""
    state = VersionState(version.state)
    if not rules.may_follow(state, wanted):
        raise ConflictError(
            f"这个版本现在是“{STATE_NAMES[state]}”，不能改为“{STATE_NAMES[wanted]}”。",
            code="version_state", remedy="请刷新页面，看它现在的状态",
        )  # fmt: skip
    version.state = wanted


def publish(
    db: Session, version: CourseVersion, *, reviewer_id: str | None, now: dt.datetime
) -> None:
    """Offer a reviewed version to whoever enrols from now on; the one before is retired.

    Raises ConflictError for one that is not in review.
    """
    before = rows.offered(db, version.course_id)
    if before is not None:
        _retire(db, before, actor_id=reviewer_id, now=now)
    move(version, VersionState.PUBLISHED)
    version.published_at, version.reviewer_id = now, reviewer_id
    course = db.get_one(Course, version.course_id)
    for name in SHOWN:
        setattr(course, name, getattr(version, name))
    course.is_open = True
    db.flush()
    audit.record(
        db, PUBLISHED, now=now, actor_id=reviewer_id, subject_id=version.course_id,
        number=version.number, content=content_hash_of(db, version),
    )  # fmt: skip


def retire(db: Session, version: CourseVersion, *, actor_id: str, now: dt.datetime) -> None:
    """Offer a course to nobody any more; who is enrolled goes on. Raises ConflictError."""
    _retire(db, version, actor_id=actor_id, now=now)
    db.get_one(Course, version.course_id).is_open = False
    db.flush()


def _retire(db: Session, version: CourseVersion, *, actor_id: str | None, now: dt.datetime) -> None:
    move(version, VersionState.RETIRED)
    version.retired_at = now
    db.flush()
    audit.record(
        db, "course.retired", now=now, actor_id=actor_id, subject_id=version.course_id,
        number=version.number,
    )  # fmt: skip


def content_hash_of(db: Session, version: CourseVersion) -> str:
    """The hash of all that a version says (`rules/versions.py`)."""
    card = {name: getattr(version, name) for name in (*SHOWN, *MORE)}
    chapters = {row.id: [row.position, row.title] for row in rows.chapters(db, version.id)}
    lessons = [_plain(db, row, chapters) for row in rows.lessons(db, version.id)]
    if materials := rows.materials(db, version.id):
        card["materials"] = sorted([row.title, row.storage_key] for row in materials)
    return rules.content_hash(card, lessons)


def _plain(db: Session, row: Lesson, chapters: dict[str, list[Any]]) -> dict[str, Any]:
    asset = db.get(MediaAsset, row.asset_id) if row.asset_id else None
    more = {name: said for name in ("module", "captions") if (said := getattr(row, name))}
    return more | {
        "lesson": row.id, "chapter": chapters.get(row.chapter_id or ""), "kind": row.kind,
        "position": row.position, "title": row.title, "length_ms": row.length_ms,
        "pages": row.pages, "medium": asset.storage_key if asset else None,
        "questions": row.questions or [],
    }  # fmt: skip
