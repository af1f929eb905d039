"""Packages of a draft: how long each part takes; they are sent as films are (`films.py`)."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from app.api.v1.authoring import WRITING, maker_of
from app.learning.services import package_drafts
from app.lobby.deps import Db, School
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/authoring", tags=["authoring"])


class LengthsIn(Body):
    """Whole minutes, one for each part in its order."""

    minutes: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(max_length=100)]


@router.put(
    "/lessons/{lesson_id}/lengths", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def state_lengths(lesson_id: RowId, body: LengthsIn, actor: School, db: Db) -> None:
    """Say how long each part of a package takes: no more than this ever counts."""
    package_drafts.state_lengths(db, maker_of(db, actor), lesson_id, tuple(body.minutes))
