"""Contests 岗位练兵、技能竞赛 of an organisation over the wire: making one and its rounds."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.api.v1.exam_blueprints import SectionIn, SectionOut
from app.core.errors import InvalidError
from app.identity.rules.local_days import SHANGHAI
from app.learning.rules.blueprints import MOST_SECTIONS
from app.learning.rules.contests import (
    MOST_PLACES,
    MOST_TEXT,
    MOST_TITLE,
    MOST_TRIES,
    Advance,
    Audience,
    Card,
    ContestKind,
    RoundCard,
)
from app.lobby.deps import Agent, Db, Now, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.paths import Id, RowId
from app.org.services import contest_desk

router = APIRouter(prefix="/org/contests", tags=["contests"])
_Title = Annotated[str, Field(max_length=MOST_TITLE, pattern=ONE_LINE)]
_Text = Annotated[str, Field(max_length=MOST_TEXT, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
_Reason = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
# As a form's own input says it: the wall's time in Shanghai.
_Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]


class ContestIn(Body):
    """What a contest says; of the three lists that of the chosen audience counts."""

    kind: Literal["practice", "race"]
    title: _Title
    rules_text: _Text
    prizes_text: _Text = ""
    audience: Literal["roster", "units", "positions", "tags", "link"]
    unit_ids: Annotated[list[Id], Field(default_factory=list, max_length=200)]
    position_ids: Annotated[list[Id], Field(default_factory=list, max_length=200)]
    tag_ids: Annotated[list[Id], Field(default_factory=list, max_length=200)]
    asks_identity: bool

    def card(self) -> Card:
        audience = Audience(self.audience)
        chosen = {
            Audience.UNITS: self.unit_ids, Audience.POSITIONS: self.position_ids,
            Audience.TAGS: self.tag_ids,
        }  # fmt: skip
        return Card(
            kind=ContestKind(self.kind), title=self.title, rules_text=self.rules_text,
            prizes_text=self.prizes_text, audience=audience,
            audience_ids=tuple(dict.fromkeys(chosen.get(audience, []))),
            asks_identity=self.asks_identity,
        )  # fmt: skip


class RoundIn(Body):
    """A round; its moments are the wall's in Shanghai, as 2026-12-01T09:00."""

    title: _Title
    opens_at: _Moment
    closes_at: _Moment
    minutes: Annotated[int, Field(ge=0, le=240)]
    tries: Annotated[int, Field(ge=0, le=MOST_TRIES)] = 1
    bank_ids: Annotated[list[Id], Field(default_factory=list, max_length=20)]
    sections: Annotated[list[SectionIn], Field(max_length=MOST_SECTIONS)]
    advance: Literal["", "top", "score"] = ""
    advance_value: Annotated[int, Field(ge=0, le=MOST_PLACES)] | None = None

    def card(self) -> RoundCard:
        return RoundCard(
            title=self.title, opens_at=_moment(self.opens_at, "/opens_at"),
            closes_at=_moment(self.closes_at, "/closes_at"), seconds=self.minutes * 60,
            tries=self.tries, bank_ids=tuple(self.bank_ids),
            sections=tuple(
                each.section() for each in self.sections if each.title.strip() or each.count
            ),
            advance=Advance(self.advance) if self.advance else None,
            advance_value=self.advance_value,
        )  # fmt: skip


def _moment(text: str, field: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise InvalidError(
            "没有这个时间。", field=field, code="moment", remedy="请写成 2026-12-01T09:00"
        ) from None


class DecisionIn(Body):
    publishes: bool
    reason: _Reason = ""


class ReasonIn(Body):
    reason: _Reason


class MadeOut(BaseModel):
    contest_id: str


class RoundMadeOut(BaseModel):
    round_id: str


class StateOut(BaseModel):
    state: str


class RoundOut(Answer):
    round_id: str
    number: int
    title: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    seconds: int
    tries: int
    bank_ids: list[str]
    sections: list[SectionOut]
    question_count: int
    advance: str | None
    advance_value: int | None
    goes_on: str
    entries: int
    ranked_at: dt.datetime | None


class ContestOut(Answer):
    """A contest as its own organisation sees it."""

    contest_id: str
    kind: str
    title: str
    rules_text: str
    prizes_text: str
    audience: str
    audience_ids: list[str]
    asks_identity: bool
    link_code: str
    state: str
    state_name: str
    reason: str | None
    submitted_at: dt.datetime | None
    published_at: dt.datetime | None
    rounds: list[RoundOut]


@router.get("", responses=READING)
def list_contests(actor: Agent, db: ReadDb) -> list[ContestOut]:
    """Return the contests of the organisation that the caller acts for."""
    return [ContestOut.model_validate(each) for each in contest_desk.list_own(db, actor)]


@router.post("", status_code=status.HTTP_201_CREATED, responses=WRITING)
def create_contest(body: ContestIn, actor: Agent, db: Db, now: Now) -> MadeOut:
    """Begin a draft."""
    return MadeOut(contest_id=contest_desk.create(db, actor, body.card(), now=now))


@router.get("/{contest_id}", responses=READING)
def read_contest(contest_id: RowId, actor: Agent, db: ReadDb) -> ContestOut:
    return ContestOut.model_validate(contest_desk.one(db, actor, contest_id))


@router.put("/{contest_id}", responses=WRITING)
def change_contest(
    contest_id: RowId, body: ContestIn, actor: Agent, db: Db, now: Now
) -> ContestOut:
    """Write a draft anew."""
    contest_desk.change(db, actor, contest_id, body.card(), now=now)
    return ContestOut.model_validate(contest_desk.one(db, actor, contest_id))


@router.post("/{contest_id}/rounds", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_round(contest_id: RowId, body: RoundIn, actor: Agent, db: Db, now: Now) -> RoundMadeOut:
    """Add a round to a draft."""
    round_id = contest_desk.put_round(db, actor, contest_id, None, body.card(), now=now)
    return RoundMadeOut(round_id=round_id)


@router.put("/{contest_id}/rounds/{round_id}", responses=WRITING)
def change_round(
    contest_id: RowId, round_id: RowId, body: RoundIn, actor: Agent, db: Db, now: Now
) -> RoundMadeOut:
    """Write a round of a draft anew."""
    contest_desk.put_round(db, actor, contest_id, round_id, body.card(), now=now)
    return RoundMadeOut(round_id=round_id)


@router.delete(
    "/{contest_id}/rounds/{round_id}", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def remove_round(contest_id: RowId, round_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take a round off a draft."""
    contest_desk.remove_round(db, actor, contest_id, round_id, now=now)


@router.post("/{contest_id}/submission", responses=WRITING)
def submit_contest(contest_id: RowId, actor: Agent, db: Db, now: Now) -> StateOut:
    """Put a race before a colleague; a practice set goes out at once."""
    return StateOut(state=contest_desk.submit(db, actor, contest_id, now=now).value)


@router.post("/{contest_id}/decision", responses=WRITING)
def decide_contest(
    contest_id: RowId, body: DecisionIn, actor: Agent, db: Db, now: Now
) -> ContestOut:
    """Publish what a colleague wrote, or send it back with a reason."""
    contest_desk.decide(
        db, actor, contest_id, publishes=body.publishes, reason=body.reason, now=now
    )
    return ContestOut.model_validate(contest_desk.one(db, actor, contest_id))


@router.post("/{contest_id}/cancellation", responses=WRITING)
def cancel_contest(contest_id: RowId, body: ReasonIn, actor: Agent, db: Db, now: Now) -> ContestOut:
    """Cancel a contest; who has entered is told why."""
    contest_desk.cancel(db, actor, contest_id, reason=body.reason, now=now)
    return ContestOut.model_validate(contest_desk.one(db, actor, contest_id))
