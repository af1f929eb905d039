"""Lessons of a draft: adding, naming, ordering, writing, removing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError
from app.core.ids import new_id
from app.core.storage import Storage
from app.identity.rules.local_days import SHANGHAI
from app.identity.services import people
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.versions import CourseVersion
from app.learning.repository import authoring as rows
from app.learning.repository import publishing as known
from app.learning.repository import versions as version_rows
from app.learning.repository.study_states import lesson_of
from app.learning.rules import recall
from app.learning.rules.lesson_texts import TextFlawError, read_pages
from app.learning.rules.lessons import page_span
from app.learning.rules.teaching import DocumentLesson, Page, fingerprint, page_html, reading_ms
from app.learning.services.draft_order import (
    STEP,
    Way,
    chapter_to_change,
    missing,
    number_lessons,
    swap,
)
from app.learning.services.drafts import Maker, draft_to_change, own_version
from app.learning.services.publishing import PAGE_TYPE

MOST_LESSONS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """A document's text with its pages; `number` is that of the text it was written upon.

    None for who writes it whatever is there.
    """

    text: str
    pages: tuple[Page, ...]
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """A question for presence checks: on a page of a document, or on a stretch of a film."""

    page: int | None
    from_ms: int | None
    to_ms: int | None
    stem: str
    choices: tuple[str, ...]
    answer: tuple[int, ...]
    explanation: str


def add_lesson(
    db: Session, maker: Maker, chapter_id: str, *, kind: str, title: str, now: dt.datetime
) -> str:
    """Add an empty lesson at the end of a chapter. Raises NotFoundError, ConflictError."""
    version, chapter = chapter_to_change(db, maker, chapter_id)
    count = len(version_rows.lessons(db, version.id))
    if count >= MOST_LESSONS:
        raise ConflictError(f"最多 {MOST_LESSONS} 节课。", field="/title", remedy="请分成几门课程")
    row = Lesson(
        id=new_id(now), course_id=version.course_id, version_id=version.id, chapter_id=chapter.id,
        position=count + 1, kind=kind, title=title, length_ms=0, pages=[], questions=[],
    )  # fmt: skip
    db.add(row)
    db.flush()
    number_lessons(db, version)
    return row.id


def rewrite_lesson(
    db: Session, maker: Maker, lesson_id: str, *, title: str, module: str | None
) -> None:
    """Name a lesson, and the general module that it teaches.

    Raises NotFoundError, ConflictError.
    """
    row = lesson_to_change(db, maker, lesson_id)[1]
    row.title, row.module = title, module
    db.flush()


def remove_lesson(db: Session, maker: Maker, lesson_id: str) -> None:
    """Raises NotFoundError, ConflictError."""
    version, row = lesson_to_change(db, maker, lesson_id)
    db.delete(row)
    db.flush()
    number_lessons(db, version)


def move_lesson(db: Session, maker: Maker, lesson_id: str, way: Way) -> None:
    """Change places with the neighbour; at a chapter's edge it goes over into the next chapter.

    Raises NotFoundError, ConflictError.
    """
    version, row = lesson_to_change(db, maker, lesson_id)
    lessons = version_rows.lessons(db, version.id)
    own = [each for each in lessons if each.chapter_id == row.chapter_id]
    place = own.index(row)
    if 0 <= place + STEP[way] < len(own):
        swap(own, place, way)
        others = [each for each in lessons if each.chapter_id != row.chapter_id]
        number_lessons(db, version, [*others, *own])
        return
    chapters = [chapter.id for chapter in version_rows.chapters(db, version.id)]
    beyond = chapters.index(str(row.chapter_id)) + STEP[way]
    if 0 <= beyond < len(chapters):
        row.chapter_id = chapters[beyond]
        others = [each for each in lessons if each is not row]
        number_lessons(db, version, [*others, row] if way == "up" else [row, *others])


def read_text(text: str) -> tuple[Page, ...]:
    """Read what an author wrote. Raises InvalidError that names the line."""
    try:
        return read_pages(text)
    except TextFlawError as flaw:
        raise InvalidError(
            f"第 {flaw.line} 行：{flaw.sentence}。", field="/text", code="text", remedy=flaw.remedy
        ) from None


def store_text(storage: Storage, maker: Maker, pages: tuple[Page, ...]) -> None:
    """Store the pages under a name that holds their text; before the transaction."""
    key = _text_key(maker, pages)
    for number, page in enumerate(pages, 1):
        storage.put(f"{key}/{number}", page_html(page).encode())


def write_text(
    db: Session, vault: Vault, maker: Maker, lesson_id: str, new: NewText, *, now: dt.datetime
) -> int:
    """Give a document its text, whose pages are stored already; returns the text's number.

    Raises NotFoundError, ConflictError, also where somebody has saved another text since,
    InvalidError.
    """
    row, pages = lesson_to_change(db, maker, lesson_id)[1], new.pages
    if row.kind != "document":
        raise InvalidError("这节课没有正文。", field="/text", remedy="请另建一节图文课")
    if row.source == new.text:
        return row.text_number
    if new.number is not None and new.number != row.text_number:
        raise _overtaken(db, vault, row)
    asset = known.asset_by_key(db, _text_key(maker, pages))
    if asset is None:
        asset = MediaAsset(
            id=new_id(now), storage_key=_text_key(maker, pages), time_index=[], state="ready",
            content_type=PAGE_TYPE, length_ms=sum(map(reading_ms, pages)),
            size=sum(len(page_html(page).encode()) for page in pages),
        )  # fmt: skip
        db.add(asset)
        db.flush()
    row.source, row.asset_id, row.length_ms = new.text, asset.id, asset.length_ms
    row.text_number, row.text_by, row.text_at = row.text_number + 1, maker.account_id, now
    row.pages = [{"n": n, "ms": reading_ms(page)} for n, page in enumerate(pages, 1)]
    row.questions = [_placed(row, each) for each in row.questions or [] if _fits(row, each)]
    db.flush()
    return row.text_number


def _overtaken(db: Session, vault: Vault, row: Lesson) -> ConflictError:
    names = people.staff_names(db, vault, [row.text_by]) if row.text_by else {}
    who = names.get(row.text_by or "") or "同事"
    when = row.text_at.astimezone(SHANGHAI).strftime("%-m月%-d日 %H:%M") if row.text_at else ""
    return ConflictError(
        f"您打开以后，{who}在 {when} 保存了这篇正文，没有用您的覆盖它。", code="old_text",
        field="/text",
        remedy="您写的还在，请先复制下来，刷新页面看新的正文，再合在一起保存",
    )  # fmt: skip


def _text_key(maker: Maker, pages: tuple[Page, ...]) -> str:
    return f"authored/{maker.org_id}/{fingerprint(DocumentLesson('', pages))}"


def write_questions(
    db: Session, maker: Maker, lesson_id: str, questions: tuple[NewQuestion, ...]
) -> None:
    """Replace what presence checks may ask about a lesson (docs/hours.md).

    Raises NotFoundError, ConflictError, InvalidError that names the question.
    """
    row = lesson_to_change(db, maker, lesson_id)[1]
    written = []
    for place, each in enumerate(questions):
        flaw = recall.fault_in_words(each.stem, each.choices, each.answer)
        if flaw is not None:
            raise _wrong(place, *flaw)
        plain: dict[str, Any] = {
            "stem": each.stem, "choices": list(each.choices), "answer": list(each.answer),
            "explanation": each.explanation, "page": each.page, "from_ms": each.from_ms,
            "to_ms": each.to_ms,
        }  # fmt: skip
        if not _fits(row, plain):
            raise _wrong(place, "place", _PLACES[row.kind])
        written.append(_placed(row, plain))
    row.questions = written
    db.flush()


_PLACES = {
    "document": "要写明是第几页，而且这一页要有",
    "video": "要写明从几分几秒到几分几秒，而且在视频之内",
    "package": "要写明是第几部分，而且课件包要有这一部分",
}


def _wrong(place: int, name: str, sentence: str) -> InvalidError:
    return InvalidError(
        f"第 {place + 1} 题：{sentence}。", field=f"/questions/{place}/{name}", code="question",
        remedy="请改正后再保存",
    )  # fmt: skip


def _fits(row: Lesson, question: dict[str, Any]) -> bool:
    if row.kind != "video":
        page = question.get("page")
        return page is not None and row.length_ms > 0 and 0 < page <= len(row.pages)
    start, end = question.get("from_ms"), question.get("to_ms")
    return start is not None and end is not None and 0 <= start < end <= row.length_ms


def _placed(row: Lesson, question: dict[str, Any]) -> dict[str, Any]:
    """The question with the stretch that it is about."""
    if row.kind == "video":
        return question | {"page": None}
    start, end = page_span(lesson_of(row), question["page"] - 1)
    return question | {"from_ms": start, "to_ms": end}


def own_lesson(db: Session, maker: Maker, lesson_id: str) -> Lesson:
    """A lesson of the maker's institution, in any state. Raises NotFoundError."""
    row = rows.lesson(db, lesson_id)
    if row is None:
        raise missing()
    own_version(db, maker, row.version_id)
    return row


def lesson_to_change(db: Session, maker: Maker, lesson_id: str) -> tuple[CourseVersion, Lesson]:
    """A lesson of the maker's draft, which is held. Raises NotFoundError, ConflictError."""
    row = rows.lesson(db, lesson_id)
    if row is None:
        raise missing()
    version = draft_to_change(db, maker, row.version_id)
    db.refresh(row)
    return version, row
