"""Looking at a lesson again once the course is done: no session, so no hours can grow from it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, NotFoundError
from app.core.storage import Storage
from app.learning.repository import study as rows
from app.learning.repository import versions

COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """One lesson to look at again: a film's key, one for each page, or a package's parts."""

    enrolment_id: str
    course_title: str
    lesson_id: str
    title: str
    film_key: str | None
    page_keys: tuple[str, ...]
    content_type: str
    asset_id: str
    part_titles: tuple[str, ...]


def revisit(db: Session, enrolment_id: str, lesson_id: str, *, learner_id: str) -> Revisit:
    """Find a lesson of the learner's own completed course.

    Raises NotFoundError for anybody else's and for what is not there, ConflictError before the
    course is done: until then a lesson is studied, and counts.
    """
    enrolment = rows.get_enrolment(db, enrolment_id)
    lesson = rows.get_lesson(db, lesson_id)
    if (
        enrolment is None or lesson is None or enrolment.learner_id != learner_id
        or lesson.version_id != versions.version_id(enrolment)
    ):  # fmt: skip
        raise NotFoundError("没有这节课。", remedy="请从课程页进入")
    if enrolment.state != COMPLETED:
        raise ConflictError("这门课还没有学完。", code="not_completed", remedy="请从课程页继续学习")
    asset = rows.get_asset(db, lesson.asset_id) if lesson.asset_id else None
    if asset is None or asset.state != "ready":
        raise NotFoundError("这段课件还没有准备好。", remedy="请过几分钟再来")
    is_document = lesson.kind == "document"
    keys = tuple(f"{asset.storage_key}/{page['n']}" for page in lesson.pages)
    return Revisit(
        enrolment_id=enrolment_id, course_title=versions.of_enrolment(db, enrolment).title,
        lesson_id=lesson_id,
        title=lesson.title, film_key=asset.storage_key if lesson.kind == "video" else None,
        page_keys=keys if is_document else (), content_type=asset.content_type,
        asset_id=asset.id,
        part_titles=tuple(
            page["title"] for page in lesson.pages if lesson.kind == "package"
        ),
    )  # fmt: skip


def page_texts(storage: Storage, found: Revisit) -> tuple[str, ...]:
    """The pages of a document as fragments of HTML, in which all that was written is text."""
    return tuple(storage.read(key).decode() for key in found.page_keys)
