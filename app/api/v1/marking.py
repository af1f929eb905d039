"""Marking over the wire: short answers without names."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.learning.services import marking
from app.lobby.deps import Db, Marker, Now, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import RowId
from app.org.services import marking_desks

router = APIRouter(prefix="/marking", tags=["marking"])


class QuestionOut(Answer):
    item_id: str
    stem: str
    count: int
    next_id: str


class DeskOut(Answer):
    questions: list[QuestionOut]
    marked_count: int


class RubricOut(Answer):
    says: str
    points: int


class ToMarkOut(Answer):
    answer_id: str
    item_id: str
    stem: str
    explanation: str
    text: str
    rubric: list[RubricOut]


class PointsIn(Body):
    """Points for each line of the rubric, in its order."""

    points: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(min_length=1, max_length=10)]


class MarkedOut(BaseModel):
    """`next` leads to the next answer, or back to the desk."""

    next_id: str | None
    next: str


@router.get("", responses=READING)
def read_desk(actor: Marker, db: ReadDb) -> DeskOut:
    """What waits for the caller, question by question."""
    owner_id = marking_desks.owner_for(db, actor)
    return DeskOut.model_validate(marking.desk(db, owner_id, marker_id=actor.learner_id))


@router.get("/{answer_id}", responses=READING)
def read_answer(answer_id: RowId, actor: Marker, db: ReadDb) -> ToMarkOut:
    """One answer with its rubric; whose it is is not told."""
    owner_id = marking_desks.owner_for(db, actor)
    view = marking.to_mark(db, owner_id, answer_id, marker_id=actor.learner_id)
    return ToMarkOut.model_validate(view)


@router.post("/{answer_id}/marks", responses=WRITING)
def give_mark(answer_id: RowId, body: PointsIn, actor: Marker, db: Db, now: Now) -> MarkedOut:
    """Give points; they are not changed afterwards."""
    owner_id = marking_desks.owner_for(db, actor)
    done = marking.give_mark(
        db, owner_id, answer_id, body.points, marker_id=actor.learner_id, now=now
    )
    where = f"/marking/{done.next_id}" if done.next_id else "/marking"
    return MarkedOut(next_id=done.next_id, next=where)
