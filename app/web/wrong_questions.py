"""Pages of the book of wrong answers."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.learning.services import wrong_book
from app.learning.services.wrong_book import WrongQuestion
from app.lobby.deps import CurrentActor, Now, ReadDb
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/wrong-questions", include_in_schema=False)
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class BookPage:
    """`groups` are the course and chapter with their questions; `total` of what was asked for."""

    groups: tuple[tuple[str, str, tuple[WrongQuestion, ...]], ...]
    total: int
    held: int
    wanted: str
    pager: Pager


@dataclass(frozen=True, slots=True)
class QuestionPage:
    line: WrongQuestion
    next_id: str | None


@router.get("")
def book(
    request: Request,
    actor: CurrentActor,
    db: ReadDb,
    now: Now,
    wanted: Annotated[SearchText, Query(alias="q")] = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> HTMLResponse:
    """What was wrong, by course and chapter; found by words of its question or chapter."""
    held = wrong_book.book(db, actor.learner_id, now=now)
    text = wanted.strip()
    found = [each for each in held if _is_about(each, text)]
    last = max(1, -(-len(found) // PAGE_SIZE))
    number = min(page, last)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    places = dict.fromkeys((each.course_title, each.chapter) for each in shown)
    groups = tuple(
        (*place, tuple(each for each in shown if (each.course_title, each.chapter) == place))
        for place in places
    )
    links = pager("/wrong-questions", number, last, q=text)
    return render(
        request, "exam/wrong_book.html", BookPage(groups, len(found), len(held), text, links)
    )


def _is_about(line: WrongQuestion, text: str) -> bool:
    told = (line.question.stem, line.chapter, line.course_title)
    return any(text.casefold() in each.casefold() for each in told)


@router.get("/{item_id}")
def question(
    request: Request, item_id: RowId, actor: CurrentActor, db: ReadDb, now: Now
) -> HTMLResponse:
    """One question, to be answered again."""
    line = wrong_book.question(db, actor.learner_id, item_id, now=now)
    ids = [each.question.item_id for each in wrong_book.book(db, actor.learner_id, now=now)]
    place = ids.index(item_id)
    others = [*ids[place + 1 :], *ids[:place]]
    return render(request, "exam/wrong_question.html", QuestionPage(line, next(iter(others), None)))
