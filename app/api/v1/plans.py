"""The annual plan of training: its lines, what became of them, the next year's, the table."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status
from pydantic import Field

from app.api.answers import Answer
from app.api.files import XLSX, attached, gives
from app.api.problems import READING, WRITING
from app.lobby.deps import Agent, Db, Now, PartsDep, ReadDb
from app.lobby.letters import ONE_LINE, Body
from app.lobby.parts import Parts
from app.lobby.paths import Id, RowId
from app.org.providers.reference import read_purposes
from app.org.rules.plans import FIRST_YEAR, LAST_YEAR, MOST_HEADS, MOST_YUAN
from app.org.services import plan_editing, plans
from app.org.services.plan_editing import NewLine
from app.org.services.plans import LineView

router = APIRouter(prefix="/org", tags=["employers"])
Year = Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR)]
_Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
_Words = Annotated[str, Field(max_length=250, pattern=ONE_LINE)]
_NOTHING = status.HTTP_204_NO_CONTENT
_MADE = status.HTTP_201_CREATED


class PlanLineIn(Body):
    """An empty unit is the whole organisation; the budget is in whole yuan."""

    unit: _Words = ""
    course_id: Id
    purpose: Annotated[str, Field(max_length=30, pattern=r"^[a-z_]*$")]
    heads: Annotated[int, Field(ge=1, le=MOST_HEADS)]
    budget_yuan: Annotated[int, Field(ge=0, le=MOST_YUAN)] = 0
    note: Annotated[str, Field(max_length=200, pattern=ONE_LINE)] = ""


class NewPlanLineIn(PlanLineIn):
    year: _Year


class PlanCopyIn(Body):
    """Lines go from this year into the next."""

    year: _Year


class PlanLineOut(Answer):
    """`asked`, `begun` and `done` are people, of whom the course was asked in the year."""

    line_id: str
    unit: str
    course_id: str
    course_title: str
    purpose: str
    heads: int
    budget_yuan: int
    note: str
    asked: int
    begun: int
    done: int
    percent: int


class PlanOut(Answer):
    year: int
    lines: list[PlanLineOut]
    heads: int
    done: int
    budget_yuan: int


class PlanLineMadeOut(Answer):
    line_id: str


class PlanCopiedOut(Answer):
    year: int
    copied: int


def _out(view: LineView) -> PlanLineOut:
    return PlanLineOut.of(view, view.actual)


def _new(body: PlanLineIn) -> NewLine:
    return NewLine(
        unit=body.unit, course_id=body.course_id, purpose=body.purpose, heads=body.heads,
        budget_yuan=body.budget_yuan, note=body.note,
    )  # fmt: skip


def _purposes(parts: Parts) -> dict[str, str]:
    return {each.code: each.name for each in read_purposes(parts.settings.reference_dir)}


@router.get("/plans", responses=READING)
def read_plan(actor: Agent, db: ReadDb, year: Year) -> PlanOut:
    """The plan of a year, with what became of it."""
    found = plans.plan(db, actor, year)
    return PlanOut(
        year=year, lines=[_out(each) for each in found.lines], heads=found.heads, done=found.done,
        budget_yuan=found.budget_yuan,
    )  # fmt: skip


@router.post("/plan-lines", status_code=_MADE, responses=WRITING)
def add_line(
    body: NewPlanLineIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> PlanLineMadeOut:
    """Add a line to a year's plan."""
    purposes = frozenset(_purposes(parts))
    line_id = plan_editing.add_line(db, actor, body.year, _new(body), purposes=purposes, now=now)
    return PlanLineMadeOut(line_id=line_id)


@router.put("/plan-lines/{line_id}", status_code=_NOTHING, responses=WRITING)
def put_line(
    *, line_id: RowId, body: PlanLineIn, actor: Agent, db: Db, parts: PartsDep, now: Now
) -> None:
    """Write a line anew."""
    purposes = frozenset(_purposes(parts))
    plan_editing.put_line(db, actor, line_id, _new(body), purposes=purposes, now=now)


@router.delete("/plan-lines/{line_id}", status_code=_NOTHING, responses=WRITING)
def drop_line(line_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Take a line out; what was asked stays."""
    plan_editing.drop_line(db, actor, line_id, now=now)


@router.post("/plan-copies", status_code=_MADE, responses=WRITING)
def copy_plan(body: PlanCopyIn, actor: Agent, db: Db, now: Now) -> PlanCopiedOut:
    """Copy a year's lines into the next year."""
    number = plan_editing.copy(db, actor, body.year, now=now)
    return PlanCopiedOut(year=body.year + 1, copied=number)


@router.get("/plans/export.xlsx", response_class=Response, responses=gives(XLSX) | READING)
def export_plan(actor: Agent, db: Db, parts: PartsDep, now: Now, year: Year) -> Response:
    """The same as a table."""
    plans.note_export(db, actor, year, now=now)
    content = plans.as_xlsx(plans.plan(db, actor, year), _purposes(parts))
    return attached(content, XLSX, f"plan-{year}.xlsx")
