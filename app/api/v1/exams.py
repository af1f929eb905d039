"""Exams over the wire: begin, answer one by one, hand in."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.answers import Answer
from app.api.problems import WRITING, may_raise
from app.core.errors import (
    InvalidError,
    NotFoundError,
    NotSignedInError,
)
from app.learning.rules.exams import MOST_ANSWER
from app.learning.services import exams
from app.lobby.deps import ArrivedAt, CurrentActor, Db, DeviceId, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(tags=["exams"])


class QuestionOut(Answer):
    item_id: str
    kind: str
    stem: str
    choices: list[str]
    blank_count: int
    section: str
    points: int


class AttemptOut(Answer):
    attempt_id: str
    enrolment_id: str | None
    contest_id: str | None
    course_title: str
    state: str
    number: int
    questions: list[QuestionOut]
    answers: dict[str, list[str]]
    remaining_ms: int
    deadline_at: dt.datetime
    place: int | None
    question_count: int
    item_remaining_ms: int | None
    is_shut: bool
    """No question is told before it is known who sits there: see the reports' challenge."""


class PlaceIn(Body):
    """The question that is left, from 0."""

    place: Annotated[int, Field(ge=0, le=1000)]


class ChoicesIn(Body):
    """Letters that were chosen; of a fill-in a text for each blank, of a short answer one text."""

    choices: Annotated[
        list[Annotated[str, Field(max_length=MOST_ANSWER)]], Field(min_length=1, max_length=10)
    ]
    claimed_at_ms: Annotated[int, Field(ge=0, le=2**53)] | None = None


class AcknowledgedOut(Answer):
    ack: int
    answered: int
    remaining_ms: int
    item_remaining_ms: int | None


class ResultItemOut(Answer):
    item_id: str
    stem: str
    choices: list[str]
    given: list[str]
    is_right: bool
    answer: list[str]
    explanation: str
    kind: str
    earned: str


class ResultOut(Answer):
    """`is_told` is false for the score of a contest's paper before its ranking is published.

    `withheld_count` questions are not among `items`: a contest asks from their bank.
    """

    attempt_id: str
    enrolment_id: str | None
    contest_id: str | None
    is_told: bool
    course_title: str
    score: int
    pass_mark: int
    passed: bool
    is_marked: bool
    state: str
    items: list[ResultItemOut]
    withheld_count: int


@router.post(
    "/enrolments/{enrolment_id}/attempts", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def start_attempt(
    enrolment_id: RowId, actor: CurrentActor, db: Db, parts: PartsDep, device_id: DeviceId, now: Now
) -> AttemptOut:
    """Begin the exam, or go on here with the attempt that is open; another device's part ends."""
    view = exams.start_attempt(
        db, parts.vault, learner_id=actor.learner_id, enrolment_id=enrolment_id,
        device_id=device_id, now=now,
    )  # fmt: skip
    return AttemptOut.model_validate(view)


@router.get(
    "/attempts/{attempt_id}", responses=may_raise(InvalidError, NotSignedInError, NotFoundError)
)
def read_attempt(attempt_id: RowId, actor: CurrentActor, db: ReadDb, now: Now) -> AttemptOut:
    """Return the caller's own attempt, to go on after a reload."""
    view = exams.get_attempt(db, attempt_id, learner_id=actor.learner_id, now=now)
    return AttemptOut.model_validate(view)


@router.put(
    "/attempts/{attempt_id}/answers/{item_id}",
    responses=WRITING,
)
def put_answer(
    *,
    attempt_id: RowId,
    item_id: RowId,
    body: ChoicesIn,
    actor: CurrentActor,
    db: Db,
    device_id: DeviceId,
    arrived_at: ArrivedAt,
) -> AcknowledgedOut:
    """Answer one question; the acknowledgement means that it is safe."""
    done = exams.put_answer(
        db, learner_id=actor.learner_id, attempt_id=attempt_id, item_id=item_id,
        device_id=device_id, choices=body.choices, claimed_at_ms=body.claimed_at_ms,
        arrived_at=arrived_at,
    )  # fmt: skip
    return AcknowledgedOut.model_validate(done)


@router.post(
    "/attempts/{attempt_id}/next",
    responses=WRITING,
)
def go_on(
    *,
    attempt_id: RowId,
    body: PlaceIn,
    actor: CurrentActor,
    db: Db,
    device_id: DeviceId,
    now: Now,
) -> AttemptOut:
    """Go on to the next question, where each has a limit; there is no way back."""
    view = exams.go_on(
        db, learner_id=actor.learner_id, attempt_id=attempt_id, device_id=device_id,
        place=body.place, now=now,
    )  # fmt: skip
    return AttemptOut.model_validate(view)


@router.post(
    "/attempts/{attempt_id}/submission",
    responses=WRITING,
)
def submit(
    attempt_id: RowId, actor: CurrentActor, db: Db, device_id: DeviceId, now: Now
) -> ResultOut:
    """Hand the paper in."""
    view = exams.submit(
        db, learner_id=actor.learner_id, attempt_id=attempt_id, device_id=device_id, now=now
    )
    return ResultOut.model_validate(view)
