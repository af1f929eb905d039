"""Contests over the wire for those who take part, and the published ranking for everybody."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.exams import AttemptOut
from app.core.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
)
from app.lobby.deps import CurrentActor, Db, DeviceId, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.paths import ID, RowId
from app.org.services import contest_doors
from app.org.services.contest_doors import OwnContest

router = APIRouter(tags=["contests"])
Code = Annotated[str, Query(max_length=40, pattern=r"^[0-9a-f]*$")]


class EntryIn(Body):
    """`code` comes with the link of a contest that is open to whoever has it."""

    hides_name: bool
    code: Annotated[str, Field(max_length=40, pattern=r"^[0-9a-f]*$")] = ""


class EnteredOut(BaseModel):
    contest_id: str


class OwnTryOut(Answer):
    attempt_id: str
    number: int
    state: str
    score: int | None


class OwnRoundOut(Answer):
    """A round; `score` and `place` once its ranking is published."""

    round_id: str
    number: int
    title: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    seconds: int
    question_count: int
    tries: int
    goes_on: str
    is_entered: bool
    own: list[OwnTryOut]
    open_attempt_id: str | None
    refusal: str | None
    is_ranked: bool
    place: int | None
    score: int | None
    used_ms: int | None


class OwnContestOut(BaseModel):
    contest_id: str
    organisation: str
    kind: str
    title: str
    rules_text: str
    prizes_text: str
    asks_identity: bool
    state: str
    is_entered: bool
    hides_name: bool
    refusal: str | None
    rounds: list[OwnRoundOut]


class RankLineOut(Answer):
    place: int
    name: str
    score: int
    used_ms: int


class RankingOut(BaseModel):
    """A published ranking; names are masked, or hidden where their people wish so."""

    contest_id: str
    title: str
    organisation: str
    round_id: str
    lines: list[RankLineOut]
    page: int
    total: int


def _out(own: OwnContest) -> OwnContestOut:
    view = own.view
    return OwnContestOut(
        contest_id=view.contest_id, organisation=own.organisation, kind=view.kind.value,
        title=view.title, rules_text=view.rules_text, prizes_text=view.prizes_text,
        asks_identity=view.asks_identity, state=view.state.value, is_entered=own.is_entered,
        hides_name=own.hides_name, refusal=own.refusal,
        rounds=[OwnRoundOut.model_validate(each) for each in own.rounds],
    )  # fmt: skip


@router.get("/me/contests", responses=may_raise(NotSignedInError, ForbiddenError))
def list_own_contests(actor: CurrentActor, db: ReadDb, now: Now) -> list[OwnContestOut]:
    """Return the contests that mean the caller, or in which they take part."""
    return [_out(each) for each in contest_doors.list_own(db, actor, now=now)]


@router.get("/me/contests/{contest_id}", responses=READING)
def read_own_contest(
    contest_id: RowId, actor: CurrentActor, db: ReadDb, now: Now, code: Code = ""
) -> OwnContestOut:
    """Return one of them, or one whose link the caller has."""
    return _out(contest_doors.one(db, actor, contest_id, code, now=now))


@router.put("/me/contests/{contest_id}/entry", responses=WRITING)
def enter_contest(
    contest_id: RowId, body: EntryIn, actor: CurrentActor, db: Db, now: Now
) -> EnteredOut:
    """Take part under one's proven name, or say anew whether it is shown in rankings."""
    contest_doors.enter(db, actor, contest_id, code=body.code, hides_name=body.hides_name, now=now)
    return EnteredOut(contest_id=contest_id)


@router.post(
    "/contest-rounds/{round_id}/attempts", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def start_contest_attempt(
    round_id: RowId, actor: CurrentActor, db: Db, parts: PartsDep, device_id: DeviceId, now: Now
) -> AttemptOut:
    """Begin a paper of a round, or go on here with the one that is open."""
    view = contest_doors.start(
        db, parts.vault, actor, round_id, device_id=device_id, now=now
    )  # fmt: skip
    return AttemptOut.model_validate(view)


@router.get(
    "/contests/{contest_id}/ranking", responses=may_raise(InvalidError, NotFoundError)
)  # fmt: skip
def read_ranking(
    *,
    contest_id: RowId,
    db: ReadDb,
    parts: PartsDep,
    round_id: Annotated[str | None, Query(pattern=ID)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> RankingOut:
    """The published ranking of a round, of the last one without an id; nobody has to sign in."""
    found = contest_doors.ranking(db, parts.vault, contest_id, round_id, page=page)
    return RankingOut(
        contest_id=contest_id, title=found.view.title, organisation=found.organisation,
        round_id=found.round_id, page=found.lines.page, total=found.lines.total,
        lines=[RankLineOut.model_validate(each) for each in found.lines.items],
    )  # fmt: skip
