"""Lessons of a draft: adding, naming, ordering, writing, and what checks ask about them."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.problems import READING
from app.api.v1.authoring import (
    WRITING,
    Code,
    MadeOut,
    MoveIn,
    TaxonomyDep,
    Title,
    looker_of,
    maker_of,
)
from app.core.errors import InvalidError
from app.learning.rules.teaching import page_html, reading_ms
from app.learning.services import draft_lessons, draft_views
from app.learning.services.draft_lessons import NewQuestion, NewText
from app.lobby.deps import Db, Now, PartsDep, ReadDb, School
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/authoring", tags=["authoring"])


class LessonIn(Body):
    kind: Literal["video", "document", "package"]
    title: Title


class LessonCardIn(Body):
    title: Title
    module: Code = ""


class TextIn(Body):
    text: Annotated[str, Field(min_length=1, max_length=200_000)]


class NewTextIn(TextIn):
    """`number` is that of the text it was written upon: another by now is a 409 `old_text`.

    Without it the text replaces whatever is there.
    """

    number: Annotated[int, Field(ge=0)] | None = None


class WrittenOut(BaseModel):
    number: int


class QuestionIn(Body):
    """On a page of a document, or on a stretch of a film; `answer` are places from 0."""

    stem: Annotated[str, Field(max_length=200)]
    choices: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=10)]
    answer: Annotated[list[int], Field(max_length=10)]
    explanation: Annotated[str, Field(min_length=1, max_length=200)]
    page: int | None = None
    from_ms: int | None = None
    to_ms: int | None = None


class QuestionsIn(Body):
    questions: Annotated[list[QuestionIn], Field(max_length=50)]


class PageOut(BaseModel):
    html: str
    reading_ms: int


class FilmOut(Answer):
    state: str
    percent: int
    problem: str
    has_light: bool
    heard_at: dt.datetime | None


class LessonOut(Answer):
    lesson_id: str
    kind: str
    title: str
    length_ms: int
    has_captions: bool
    film: FilmOut | None


class TextOut(BaseModel):
    """How a text will look, and how long reading it takes."""

    pages: list[PageOut]


@router.post(
    "/chapters/{chapter_id}/lessons", status_code=status.HTTP_201_CREATED, responses=WRITING
)
def add_lesson(chapter_id: RowId, body: LessonIn, actor: School, db: Db, now: Now) -> MadeOut:
    """Add an empty lesson at the end of a chapter."""
    made = draft_lessons.add_lesson(
        db, maker_of(db, actor), chapter_id, kind=body.kind, title=body.title.strip(), now=now
    )
    return MadeOut(id=made)


@router.get("/lessons/{lesson_id}", responses=READING)
def read_lesson(lesson_id: RowId, actor: School, db: ReadDb) -> LessonOut:
    """Return one lesson: how far its film is, and what it holds."""
    found = draft_views.own_lesson(db, looker_of(db, actor), lesson_id)
    return LessonOut.model_validate(found)


@router.put("/lessons/{lesson_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def rewrite_lesson(
    lesson_id: RowId, body: LessonCardIn, actor: School, db: Db, taxonomy: TaxonomyDep
) -> None:
    """Name a lesson, and the general module that it teaches."""
    if body.module and body.module not in {module.code for module in taxonomy.modules}:
        raise InvalidError("列表里没有这一项。", field="/module", remedy="请从列表中选择")
    draft_lessons.rewrite_lesson(
        db, maker_of(db, actor), lesson_id, title=body.title.strip(), module=body.module or None
    )


@router.delete("/lessons/{lesson_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def remove_lesson(lesson_id: RowId, actor: School, db: Db) -> None:
    """Remove a lesson of a draft."""
    draft_lessons.remove_lesson(db, maker_of(db, actor), lesson_id)


@router.post("/lessons/{lesson_id}/move", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING)
def move_lesson(lesson_id: RowId, body: MoveIn, actor: School, db: Db) -> None:
    """Let a lesson change places with its neighbour, over into the next chapter at an edge."""
    draft_lessons.move_lesson(db, maker_of(db, actor), lesson_id, body.to)


@router.post("/texts", responses=READING)
def read_text(body: TextIn, actor: School, db: ReadDb) -> TextOut:
    """Tell how a text will look, without keeping it."""
    maker_of(db, actor)
    pages = draft_lessons.read_text(body.text)
    shown = [PageOut(html=page_html(page), reading_ms=reading_ms(page)) for page in pages]
    return TextOut(pages=shown)


@router.put("/lessons/{lesson_id}/text", responses=WRITING)
def write_text(
    lesson_id: RowId, body: NewTextIn, actor: School, parts: PartsDep, now: Now
) -> WrittenOut:
    """Give a document its text; the pages are stored before they are named.

    The answer is the text's number, to write the next one upon.
    """
    pages = draft_lessons.read_text(body.text)
    with parts.database.reading() as db:
        maker = maker_of(db, actor)
        draft_lessons.own_lesson(db, maker, lesson_id)
    draft_lessons.store_text(parts.storage, maker, pages)
    with parts.database.transaction() as db:
        new = NewText(text=body.text, pages=pages, number=body.number)
        number = draft_lessons.write_text(db, parts.vault, maker, lesson_id, new, now=now)
    return WrittenOut(number=number)


@router.put(
    "/lessons/{lesson_id}/questions", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def write_questions(lesson_id: RowId, body: QuestionsIn, actor: School, db: Db) -> None:
    """Replace what presence checks may ask about a lesson."""
    given = tuple(
        NewQuestion(
            page=each.page, from_ms=each.from_ms, to_ms=each.to_ms, stem=each.stem.strip(),
            choices=tuple(choice.strip() for choice in each.choices), answer=tuple(each.answer),
            explanation=each.explanation.strip(),
        )
        for each in body.questions
    )  # fmt: skip
    draft_lessons.write_questions(db, maker_of(db, actor), lesson_id, given)
