"""What a package tells while it is studied: kept for the learner, shown as told by the package."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.problems import may_raise
from app.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.learning.services import package_records
from app.lobby.deps import CurrentActor, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/study-sessions", tags=["study"])
Element = Annotated[str, Field(min_length=1, max_length=200)]


class ValuesIn(Body):
    """Elements of the run-time's data model with what the package wrote."""

    values: Annotated[
        dict[Element, Annotated[str, Field(max_length=64_000)]], Field(max_length=500)
    ]


class NotKeptOut(BaseModel):
    element: str
    detail: str


class KeptOut(BaseModel):
    """What of the written is not kept; everything else is."""

    not_kept: list[NotKeptOut]


class ToldOut(Answer):
    """`part` counts from 1; status and score are the package's word and count for nothing."""

    part: int
    status: str
    score: str


class ToldListOut(BaseModel):
    parts: list[ToldOut]


@router.put(
    "/{session_id}/packages/{lesson_id}/{part}",
    responses=may_raise(
        InvalidError, NotSignedInError, NotFoundError, ConflictError, TooManyRequestsError
    ),
)  # fmt: skip
def keep_values(
    *,
    session_id: RowId,
    lesson_id: RowId,
    part: Annotated[int, Path(ge=0, le=999)],
    body: ValuesIn,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
) -> KeptOut:
    """Keep what a part of a package wrote; our page sends it every two seconds at most.

    One element that is not taken loses none of the others; where none is taken it is refused.
    """
    whose = f"{actor.learner_id}.{lesson_id}.{part}"
    parts.limiter.take("package.values", whose, limit=400, window_s=600, now=now)
    with parts.database.transaction() as db:
        flaws = package_records.keep_values(
            db, parts.vault, session_id, lesson_id, part, body.values,
            learner_id=actor.learner_id, now=now,
        )  # fmt: skip
    told = [NotKeptOut(element=each.element, detail=each.sentence) for each in flaws]
    return KeptOut(not_kept=told)


@router.get(
    "/{session_id}/packages/{lesson_id}", responses=may_raise(NotSignedInError, NotFoundError)
)
def read_told(
    session_id: RowId, lesson_id: RowId, actor: CurrentActor, db: ReadDb, parts: PartsDep
) -> ToldListOut:
    """What the parts of a package say of themselves."""
    found = package_records.told_of(
        db, parts.vault, session_id, lesson_id, learner_id=actor.learner_id
    )
    return ToldListOut(parts=[ToldOut.model_validate(each) for each in found])
