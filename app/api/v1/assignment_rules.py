"""Assignments by rule: looking at whom one would ask, making, stopping and withdrawing it."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import ConfigDict, Field

from app.api.answers import Answer
from app.api.problems import READING, WRITING
from app.certs.providers.type_table import read_types
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.parts import Parts
from app.lobby.paths import Id, PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.providers.reference import read_purposes
from app.org.rules.assigning import MOST_PERSONS, Aim, RuleState
from app.org.services import assignment_rules, rule_views
from app.org.services.assignment_rules import NewRule

router = APIRouter(prefix="/org", tags=["employers"])
_Words = Annotated[str, Field(max_length=250, pattern=ONE_LINE)]
_Code = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]
_Kind = Annotated[str, Field(max_length=40, pattern=ONE_LINE)]
_Days = Annotated[int | None, Field(strict=True, ge=1, le=2000)]
_NOTHING = status.HTTP_204_NO_CONTENT


class RuleIn(Body):
    """Whom to ask by `aim`; unit, position and tag by their words.

    `certificate_kind` is what is printed on the certificate. Either `due_on`, or `due_days` after
    each person is asked. `stands`: who comes under it later is asked, too.
    """

    model_config = ConfigDict(strict=False)

    course_id: Id
    purpose: _Code
    aim: Aim
    staff_ids: Annotated[list[Id], Field(max_length=MOST_PERSONS, default_factory=list)]
    unit: _Words = ""
    position: _Words = ""
    tag: _Words = ""
    days: _Days = None
    certificate_kind: _Kind = ""
    due_on: dt.date | None = None
    due_days: _Days = None
    stands: Annotated[bool, Field(strict=True)] = False


class PersonOut(Answer):
    staff_id: str
    name: str
    unit: str


class PreviewOut(Answer):
    """By heads; of those who wait and of those who have the course, the first twenty."""

    total: int
    begin: int
    waiting: int
    had: int
    waiting_people: list[PersonOut]
    had_people: list[PersonOut]


class MadeOut(Answer):
    """`is_more`: the worker asks the others."""

    rule_id: str
    begun: int
    waiting: int
    unchanged: int
    is_more: bool


class RuleOut(Answer):
    rule_id: str
    course_title: str
    purpose: str
    aim: Aim
    target: str
    due: str
    state: RuleState
    state_name: str
    stands: bool
    asked: int
    had: int
    withdrawn: int
    kept: int
    trouble: str | None
    made_at: dt.datetime
    may_end: bool


class RulesOut(Answer):
    items: list[RuleOut]
    page: int
    total: int


def _new(body: RuleIn) -> NewRule:
    given = body.model_dump() | {"staff_ids": tuple(dict.fromkeys(body.staff_ids))}
    return NewRule(**given)


def _kinds(parts: Parts) -> frozenset[str]:
    """What the certificates that are issued here are called."""
    kinds = read_types(parts.settings.reference_dir).kinds
    return frozenset(each.name for each in kinds if each.issued_here)


def _purposes(parts: Parts) -> frozenset[str]:
    return frozenset(each.code for each in read_purposes(parts.settings.reference_dir))


@router.post("/assignment-previews", responses=WRITING)
def preview(body: RuleIn, actor: Agent, db: ReadDb, parts: PartsDep, now: Now) -> PreviewOut:
    """Say whom a rule would ask; nothing is written."""
    seen = assignment_rules.preview(
        db, parts.vault, actor, _new(body), kinds=_kinds(parts), purposes=_purposes(parts), now=now
    )
    return PreviewOut.model_validate(seen)


@router.post("/assignment-rules", status_code=status.HTTP_201_CREATED, responses=WRITING)
def make(body: RuleIn, actor: Agent, db: Db, parts: PartsDep, now: Now) -> MadeOut:
    """Make a rule and ask the first hundred people; the worker asks the others."""
    made = assignment_rules.make(
        db, actor, _new(body), kinds=_kinds(parts), purposes=_purposes(parts), now=now
    )
    return MadeOut.model_validate(made)


@router.get("/assignment-rules", responses=READING)
def list_rules(
    *,
    actor: Agent,
    db: ReadDb,
    now: Now,
    q: SearchText = "",
    state: RuleState | None = None,
    by_course: bool = False,
    page: PageNumber = 1,
) -> RulesOut:
    """The rules, the newest first, or by course."""
    found = rule_views.list_rules(
        db, actor, query=q, state=state, by_course=by_course, page=page, now=now
    )
    return RulesOut.model_validate(found)


@router.get("/assignment-rules/{rule_id}", responses=READING)
def one_rule(rule_id: RowId, actor: Agent, db: ReadDb, now: Now) -> RuleOut:
    """One rule, with how many people it met."""
    return RuleOut.model_validate(rule_views.one_rule(db, actor, rule_id, now=now))


@router.post("/assignment-rules/{rule_id}/end", status_code=_NOTHING, responses=WRITING)
def end(rule_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Ask nobody by a rule any more; who was asked keeps what they have."""
    assignment_rules.end(db, actor, rule_id, now=now)


@router.post("/assignment-rules/{rule_id}/withdrawal", status_code=_NOTHING, responses=WRITING)
def withdraw(rule_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Stop a rule and take back what it asked for; hours stay the persons' own."""
    assignment_rules.withdraw(db, actor, rule_id, now=now)
