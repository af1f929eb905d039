"""Chapters of a draft, and the order of what is in it: places are numbered 1, 2, … throughout."""

import datetime as dt
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.learning.models.catalogue import Lesson
from app.learning.models.versions import Chapter, CourseVersion
from app.learning.repository import authoring as rows
from app.learning.repository import versions as version_rows
from app.learning.services.drafts import Maker, draft_to_change

MOST_CHAPTERS = 50
Way = Literal["up", "down"]
STEP = {"up": -1, "down": 1}
_FAR = 10_000
"""Beyond all places: where rows wait while they change theirs."""


def add_chapter(db: Session, maker: Maker, version_id: str, title: str, *, now: dt.datetime) -> str:
    """Add a chapter at the end. Raises NotFoundError, ConflictError."""
    version = draft_to_change(db, maker, version_id)
    count = len(version_rows.chapters(db, version.id))
    if count >= MOST_CHAPTERS:
        raise ConflictError(f"最多 {MOST_CHAPTERS} 章。", field="/title", remedy="请合并一些章")
    row = Chapter(id=new_id(now), version_id=version.id, position=count + 1, title=title)
    db.add(row)
    db.flush()
    return row.id


def rename_chapter(db: Session, maker: Maker, chapter_id: str, title: str) -> None:
    """Raises NotFoundError, ConflictError."""
    chapter_to_change(db, maker, chapter_id)[1].title = title
    db.flush()


def remove_chapter(db: Session, maker: Maker, chapter_id: str) -> None:
    """Remove a chapter that holds no lesson. Raises NotFoundError, ConflictError."""
    version, chapter = chapter_to_change(db, maker, chapter_id)
    if any(row.chapter_id == chapter_id for row in version_rows.lessons(db, version.id)):
        raise ConflictError(
            "这一章里还有课时。", code="not_empty", remedy="请先把课时移到别的章，或逐节删除"
        )
    db.delete(chapter)
    db.flush()
    _number(db, version_rows.chapters(db, version.id))


def move_chapter(db: Session, maker: Maker, chapter_id: str, way: Way) -> None:
    """Change places with the neighbour, lessons and all. At an end nothing happens.

    Raises NotFoundError, ConflictError.
    """
    version, chapter = chapter_to_change(db, maker, chapter_id)
    order = version_rows.chapters(db, version.id)
    swap(order, order.index(chapter), way)
    _number(db, order)
    number_lessons(db, version)


def chapter_to_change(db: Session, maker: Maker, chapter_id: str) -> tuple[CourseVersion, Chapter]:
    """A chapter of the maker's draft, which is held. Raises NotFoundError, ConflictError."""
    row = rows.chapter(db, chapter_id)
    if row is None:
        raise missing()
    version = draft_to_change(db, maker, row.version_id)
    db.refresh(row)
    return version, row


def missing() -> NotFoundError:
    return NotFoundError("没有这一章或这节课。", remedy="请刷新页面，看现在的目录")


def swap(order: list[Any], place: int, way: Way) -> None:
    """Change places with the neighbour; at an end nothing happens."""
    other = place + STEP[way]
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]


def _number(db: Session, order: list[Any]) -> None:
    """Give rows the places 1, 2, … in two steps: no two may ever have the same."""
    if [row.position for row in order] == list(range(1, len(order) + 1)):
        return
    for place, row in enumerate(order):
        row.position = _FAR + place
    db.flush()
    for place, row in enumerate(order):
        row.position = place + 1
    db.flush()


def number_lessons(db: Session, version: CourseVersion, order: list[Lesson] | None = None) -> None:
    """Through all chapters, in the order within each that is given, or that there is."""
    chapters = {row.id: row.position for row in version_rows.chapters(db, version.id)}
    given = version_rows.lessons(db, version.id) if order is None else order
    _number(db, sorted(given, key=lambda row: chapters[str(row.chapter_id)]))
