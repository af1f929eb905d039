"""Results of a contest's round: how it stands, its ranking for good, its table."""

import datetime as dt

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.api.answers import Answer
from app.api.files import XLSX, attached, gives
from app.api.problems import READING, WRITING
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.org.services import contest_desk

router = APIRouter(prefix="/org/contests", tags=["contests"])


class RankedOut(BaseModel):
    placed: int


class PersonResultOut(Answer):
    name: str
    masked_number: str
    hides_name: bool
    says: str
    place: int | None
    score: int | None
    used_ms: int | None


class ResultsOut(BaseModel):
    """Before the round is over for everybody there is no score in it."""

    is_over: bool
    ranked_at: dt.datetime | None
    waits_for: list[str]
    people: list[PersonResultOut]


@router.get("/{contest_id}/rounds/{round_id}/results", responses=READING)
def read_results(
    contest_id: RowId, round_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, now: Now
) -> ResultsOut:
    """How a round stands; no score before it is over for everybody."""
    told = contest_desk.results(db, parts.vault, actor, contest_id, round_id, now=now)
    return ResultsOut(
        is_over=told.found.is_over, ranked_at=told.found.ranked_at,
        waits_for=list(told.found.waits_for),
        people=[PersonResultOut.model_validate(each) for each in told.people],
    )  # fmt: skip


@router.post("/{contest_id}/rounds/{round_id}/ranking", responses=WRITING)
def publish_ranking(
    contest_id: RowId, round_id: RowId, actor: Agent, db: Db, now: Now
) -> RankedOut:
    """Publish the ranking of a round for good, and let who goes on into the next."""
    placed = contest_desk.publish_ranking(db, actor, contest_id, round_id, now=now)
    return RankedOut(placed=placed)


@router.get(
    "/{contest_id}/rounds/{round_id}/results.xlsx", response_class=Response,
    responses=gives(XLSX) | WRITING,
)  # fmt: skip
def take_results(
    contest_id: RowId, round_id: RowId, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> Response:
    """The published results as a table, with names in full; everybody in it can see who took it."""
    content = contest_desk.take_results(db, parts.vault, actor, contest_id, round_id, now=now)
    return attached(content, XLSX, "contest-results.xlsx")
