"""The marking desk's pages: what waits, and one answer with its rubric."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.listing import Piece, WholeOrder, piece_of_whole
from app.learning.services import marking
from app.learning.services.marking import MarkingDesk, QuestionToMark, ToMark
from app.lobby.deps import Marker, ReadDb
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.services import marking_desks
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(prefix="/marking", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`is_platforms`: the answers are to the platform's own questions, and a reviewer marks."""

    desk: MarkingDesk
    found: Piece[QuestionToMark]
    links: ListLinks
    query: str
    is_platforms: bool


_QUESTIONS: WholeOrder[QuestionToMark] = WholeOrder(
    keys={
        "waited": lambda question: question.next_id, "count": lambda question: question.count,
        "stem": lambda question: question.stem,
    },
    last=lambda question: question.item_id,
    own="waited",
)  # fmt: skip
_QUESTIONS_BY = {"waited": "等得最久", "-count": "份数", "stem": "题目"}


@dataclass(frozen=True, slots=True)
class AnswerPage:
    answer: ToMark
    is_platforms: bool


@router.get("")
def desk(
    *, request: Request, actor: Marker, db: ReadDb, asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """Which questions have answers that wait, the oldest first."""
    owner_id = marking_desks.owner_for(db, actor)
    found = marking.desk(db, owner_id, marker_id=actor.learner_id)
    sought = q.strip()
    held = [each for each in found.questions if sought in each.stem]
    piece = piece_of_whole(held, _QUESTIONS, asked)
    links = list_links("/marking", piece, _QUESTIONS_BY, q=sought)
    page = DeskPage(found, piece, links, sought, owner_id is None)
    return render(request, "bank/marking.html", page)


@router.get("/{answer_id}")
def answer(request: Request, answer_id: RowId, actor: Marker, db: ReadDb) -> HTMLResponse:
    """One answer to mark."""
    owner_id = marking_desks.owner_for(db, actor)
    found = marking.to_mark(db, owner_id, answer_id, marker_id=actor.learner_id)
    return render(request, "bank/mark.html", AnswerPage(found, owner_id is None))
