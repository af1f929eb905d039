"""The annual plan of training: its lines, what became of each, the table."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, spreadsheet
from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.core.spreadsheet import Cell
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import SHANGHAI
from app.learning.services import catalogue, enrolments
from app.org.models.plans import PlanLine
from app.org.models.units import OrgUnit
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import plans as plan_rows
from app.org.repository import units as unit_rows
from app.org.rules import plans as rules
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.rules.plans import Actual
from app.org.rules.units import is_within
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE, Page
from app.org.services.staff_views import names_of

_HEAD = (
    "部门",
    "课程",
    "培训目的",
    "计划人数",
    "已指派",
    "已开始",
    "已完成",
    "完成率",
    "预算（元）",
    "说明",
)
_WIDTHS = (28, 30, 20, 10, 10, 10, 10, 10, 14, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    line_id: str
    year: int
    unit: str
    course_id: str
    course_title: str
    purpose: str
    heads: int
    budget_yuan: int
    note: str
    actual: Actual
    percent: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """A year's plan; the sums are of its lines, in which a person may stand more than once."""

    year: int
    lines: tuple[LineView, ...]
    heads: int
    done: int
    budget_yuan: int


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    staff_id: str
    name: str
    unit: str
    step: str
    """已完成, 已开始 or 还没开始."""


def years(db: Session, actor: Actor) -> list[tuple[int, int]]:
    """The years of which there is a plan, the newest first, and how many lines each has."""
    return plan_rows.list_years(db, acting_for(db, actor, Power.SEE_PROGRESS).org_id)


def plan(db: Session, actor: Actor, year: int) -> PlanView:
    """The plan of a year with what became of it, in the order of its units."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    views = _views(db, own_id, year, plan_rows.list_lines(db, own_id, year))
    views.sort(key=lambda each: (each.unit.split("/"), each.course_title))
    return PlanView(
        year, tuple(views), sum(each.heads for each in views),
        sum(each.actual.done for each in views), sum(each.budget_yuan for each in views),
    )  # fmt: skip


def one_line(db: Session, actor: Actor, line_id: str) -> LineView:
    """Raises NotFoundError for another organisation's."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    row = own_line(db, own_id, line_id)
    return _views(db, own_id, row.year, [row])[0]


def own_line(db: Session, org_id: str, line_id: str) -> PlanLine:
    """Raises NotFoundError for another organisation's."""
    row = plan_rows.get_line(db, org_id, line_id)
    if row is None:
        raise NotFoundError("年度计划里没有这一行。", remedy="请从年度计划重新进入")
    return row


def _views(db: Session, org_id: str, year: int, rows: Sequence[PlanLine]) -> list[LineView]:
    units = _units(db, org_id, rows)
    steps = _steps(db, org_id, year, rows, units)
    found = []
    for row in rows:
        unit = units.get(row.unit_id or "")
        own = steps[row.id].values()
        actual = Actual(len(own), sum(s > 0 for s in own), sum(s > 1 for s in own))
        found.append(
            LineView(
                line_id=row.id, year=row.year, unit=unit.words if unit else "",
                course_id=row.course_id, course_title=catalogue.course_title(db, row.course_id),
                purpose=row.purpose, heads=row.heads, budget_yuan=row.budget_yuan, note=row.note,
                actual=actual, percent=rules.percent(actual.done, row.heads),
            )
        )  # fmt: skip
    return found


def _units(db: Session, org_id: str, rows: Sequence[PlanLine]) -> dict[str, OrgUnit]:
    """The units that lines name, by id."""
    return unit_rows.units_by_id(db, org_id, {row.unit_id for row in rows if row.unit_id})


def _steps(
    db: Session, org_id: str, year: int, rows: Sequence[PlanLine], units: Mapping[str, OrgUnit]
) -> dict[str, dict[str, int]]:
    """Of each line how far its people are: 0 asked, 1 begun, 2 through; by staff id.

    Of who has not joined nothing is known but that they were asked.
    """
    first, before = rules.span_of(year, SHANGHAI)
    shares = plan_rows.shares_in(db, org_id, {row.course_id for row in rows}, first, before)
    known = [each for each in shares if each[3] and each[4] == StaffState.JOINED]
    through = enrolments.completed_among(db, [str(each[3]) for each in known])
    step = {(each[0], each[1]): 0 for each in shares}
    step |= {(each[0], each[1]): 2 if each[3] in through else 1 for each in known}
    paths = {each[0]: each[2] or "" for each in shares}
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        unit = units.get(row.unit_id or "")
        found[row.id] = {
            staff_id: how for (staff_id, course_id), how in step.items()
            if course_id == row.course_id
            and (unit is None or is_within(paths[staff_id], unit.path))
        }  # fmt: skip
    return found


def people(
    db: Session, vault: Vault, actor: Actor, line_id: str, *, page: int
) -> Page[PlannedPerson]:
    """Whom a line's course was asked of in its year, who is through first."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    row = own_line(db, own_id, line_id)
    units = _units(db, own_id, [row])
    steps = _steps(db, own_id, row.year, [row], units)[row.id]
    order = sorted(steps, key=lambda staff_id: (-steps[staff_id], staff_id))
    shown = order[(page - 1) * SIZE : page * SIZE]
    lines = rule_rows.lines_of(db, own_id, shown)
    names = names_of(db, vault, list(lines.values()))
    words = ("还没开始", "已开始", "已完成")
    found = tuple(
        PlannedPerson(each, names[each], lines[each].unit, words[steps[each]]) for each in shown
    )
    return Page(found, page, len(order))


def note_export(db: Session, actor: Actor, year: int, *, now: dt.datetime) -> None:
    """Write down who takes a plan out."""
    organisation = acting_for(db, actor, Power.SEE_PROGRESS)
    audit.record(
        db, "assignment.plan_exported", now=now, actor_id=actor.learner_id,
        subject_id=organisation.org_id, year=year,
    )  # fmt: skip


def as_xlsx(found: PlanView, purposes: dict[str, str]) -> bytes:
    """A plan as the page shows it, with its sum; `purposes` are names by code."""
    rows: list[tuple[Cell, ...]] = [_HEAD]
    rows += [
        (
            each.unit or "整个单位", each.course_title, purposes.get(each.purpose, each.purpose),
            each.heads, each.actual.asked, each.actual.begun, each.actual.done,
            f"{each.percent}%", each.budget_yuan, each.note,
        )
        for each in found.lines
    ]  # fmt: skip
    rows.append(("合计", "", "", found.heads, "", "", found.done, "", found.budget_yuan, ""))
    return spreadsheet.write_sheets([(f"{found.year} 年培训计划", _WIDTHS, rows)])
