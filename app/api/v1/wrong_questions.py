"""The book of one's own wrong answers: what it holds, and trying again."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.problems import WRITING, may_raise
from app.core.errors import (
    ForbiddenError,
    NotSignedInError,
)
from app.learning.rules.fill_in import MOST_TEXT
from app.learning.services import wrong_book
from app.lobby.deps import CurrentActor, Db, Now, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/me/wrong-questions", tags=["exams"])


class WrongQuestionOut(BaseModel):
    """A question without anything of its answer; `right_run`: right so often in a row."""

    item_id: str
    kind: str
    stem: str
    choices: list[str]
    blank_count: int
    course_title: str
    chapter: str
    right_run: int


class TryIn(Body):
    """Letters that were chosen, or a text for each blank."""

    choices: Annotated[
        list[Annotated[str, Field(max_length=MOST_TEXT)]], Field(min_length=1, max_length=10)
    ]


class TriedOut(Answer):
    """`verdict`, `right` and `after` say in words what `is_right`, `answer` and `left_to_go` do."""

    is_right: bool
    answer: list[str]
    explanation: str
    left_to_go: int
    verdict: str
    right: str
    after: str


@router.get("", responses=may_raise(NotSignedInError, ForbiddenError))
def list_wrong(actor: CurrentActor, db: ReadDb, now: Now) -> list[WrongQuestionOut]:
    """Return the caller's own book, by course and chapter."""
    return [
        WrongQuestionOut(
            item_id=each.question.item_id, kind=each.question.kind, stem=each.question.stem,
            choices=list(each.question.choices), blank_count=each.question.blank_count,
            course_title=each.course_title, chapter=each.chapter, right_run=each.right_run,
        )
        for each in wrong_book.book(db, actor.learner_id, now=now)
    ]  # fmt: skip


@router.post(
    "/{item_id}/tries",
    responses=WRITING,
)
def try_again(item_id: RowId, body: TryIn, actor: CurrentActor, db: Db, now: Now) -> TriedOut:
    """Answer a question once more; what is right is told afterwards."""
    tried = wrong_book.try_again(db, actor.learner_id, item_id, body.choices, now=now)
    after = f"再连续答对 {tried.left_to_go} 次就移出错题本。"
    return TriedOut.of(
        tried,
        verdict="答对了" if tried.is_right else "答错了",
        right=f"正确答案：{'；'.join(tried.answer)}",
        after=after if tried.left_to_go else "已经连续答对两次，这道题移出错题本了。",
    )
