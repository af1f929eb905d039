"""The way without a face: three questions that only the person can answer."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import may_raise
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotSignedInError
from app.identity.services import questions
from app.lobby.deps import CurrentActor, Db, Now, PartsDep
from app.lobby.letters import Body

router = APIRouter(prefix="/me", tags=["me"])


class AnswerIn(Body):
    question: Annotated[str, Field(min_length=1, max_length=40)]
    answer: Annotated[str, Field(min_length=1, max_length=80)]


class AnswersIn(Body):
    answers: Annotated[list[AnswerIn], Field(min_length=3, max_length=3)]


class MethodOut(BaseModel):
    method: str
    next: str


@router.post(
    "/questions", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, ConflictError, NotSignedInError, ForbiddenError),
)  # fmt: skip
def choose_questions(
    body: AnswersIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> MethodOut:
    """Choose to be checked by a code on the phone and one of three questions."""
    questions.set_answers(
        db, parts.keys, learner_id=actor.learner_id,
        answers=[(given.question, given.answer) for given in body.answers], now=now,
    )  # fmt: skip
    return MethodOut(method=questions.CODE_AND_QUESTIONS, next="/home")
