"""Writing an annual plan of training: its lines, and the next year's out of this one's."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, InvalidError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.learning.services import catalogue
from app.org.models.plans import PlanLine
from app.org.repository import organisations as organisation_rows
from app.org.repository import plans as plan_rows
from app.org.repository import units as unit_rows
from app.org.rules import plans as rules
from app.org.rules.duties import Power
from app.org.services import units
from app.org.services.organisations import acting_for
from app.org.services.plans import own_line


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line as somebody enters it; an empty unit is the whole organisation."""

    unit: str
    course_id: str
    purpose: str
    heads: int
    budget_yuan: int
    note: str


def _filled(db: Session, row: PlanLine, new: NewLine, purposes: frozenset[str]) -> None:
    catalogue.course_title(db, new.course_id)
    if new.purpose not in purposes:
        raise InvalidError("没有选培训目的。", field="/purpose", code="purpose", remedy="请选一种")
    if flaw := rules.flaw_of(heads=new.heads, budget_yuan=new.budget_yuan):
        raise InvalidError(flaw.sentence, field=flaw.field, code="plan", remedy=flaw.remedy)
    row.unit_id = units.called(db, row.org_id, new.unit, "/unit").id if new.unit.strip() else None
    row.course_id, row.purpose = new.course_id, new.purpose
    row.heads, row.budget_yuan = new.heads, new.budget_yuan
    row.note = " ".join(new.note.split())[:200]
    for other in plan_rows.list_lines(db, row.org_id, row.year):
        is_same = (other.unit_id, other.course_id) == (row.unit_id, row.course_id)
        if other.id != row.id and is_same:
            raise ConflictError(
                "这一年的计划里已经有这个部门的这门课。", code="plan_line_there",
                field="/course_id",
                remedy="请改那一行的人数和预算",
            )  # fmt: skip


def add_line(
    db: Session, actor: Actor, year: int, new: NewLine, *, purposes: frozenset[str],
    now: dt.datetime,
) -> str:  # fmt: skip
    """Add a line; returns its id. Raises InvalidError that names the field, ConflictError."""
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    if len(plan_rows.list_lines(db, organisation.org_id, year)) >= rules.MOST_LINES:
        raise ConflictError(
            f"一年的计划最多 {rules.MOST_LINES} 行。", code="too_many", remedy="请合并一些行"
        )
    row = PlanLine(
        id=new_id(now), org_id=organisation.org_id, year=year, made_by=actor.learner_id,
        made_at=now,
    )  # fmt: skip
    with db.no_autoflush:
        _filled(db, row, new, purposes)
    db.add(row)
    db.flush()
    audit.record(
        db, "assignment.plan_line_made", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, year=row.year,
    )  # fmt: skip
    return row.id


def put_line(
    db: Session, actor: Actor, line_id: str, new: NewLine, *, purposes: frozenset[str],
    now: dt.datetime,
) -> None:  # fmt: skip
    """Write a line anew. Raises NotFoundError, InvalidError that names the field, ConflictError."""
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_line(db, organisation.org_id, line_id)
    with db.no_autoflush:
        _filled(db, row, new, purposes)
    audit.record(
        db, "assignment.plan_line_changed", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, year=row.year,
    )  # fmt: skip


def drop_line(db: Session, actor: Actor, line_id: str, *, now: dt.datetime) -> None:
    """Take a line out of its plan; what was asked stays. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_line(db, organisation.org_id, line_id)
    audit.record(
        db, "assignment.plan_line_dropped", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=row.org_id, year=row.year,
    )  # fmt: skip
    db.delete(row)


def copy(db: Session, actor: Actor, year: int, *, now: dt.datetime) -> int:
    """Copy a year's lines into the next year, with their numbers; returns how many.

    Lines of units that have ended, and of courses that the next year has already for the unit,
    are left out. Raises ConflictError where there is nothing to copy.
    """
    organisation = acting_for(db, actor, Power.ASSIGN)
    organisation_rows.lock_organisation(db, organisation.org_id)
    there = {
        (row.unit_id, row.course_id)
        for row in plan_rows.list_lines(db, organisation.org_id, year + 1)
    }
    ended = {row.id for row in unit_rows.list_units(db, organisation.org_id, is_ended=True)}
    wanted = [
        row for row in plan_rows.list_lines(db, organisation.org_id, year)
        if (row.unit_id, row.course_id) not in there and row.unit_id not in ended
    ]  # fmt: skip
    if not wanted:
        raise ConflictError(
            f"{year} 年的计划没有可以复制的行。", code="nothing_to_copy",
            remedy="下一年已经有的行，和停用部门的行不复制",
        )  # fmt: skip
    for row in wanted:
        db.add(
            PlanLine(
                id=new_id(now), org_id=row.org_id, year=year + 1, unit_id=row.unit_id,
                course_id=row.course_id, purpose=row.purpose, heads=row.heads,
                budget_yuan=row.budget_yuan, note=row.note, made_by=actor.learner_id, made_at=now,
            )
        )  # fmt: skip
    audit.record(
        db, "assignment.plan_copied", now=now, actor_id=actor.learner_id,
        subject_id=organisation.org_id, year=year + 1, rows=len(wanted),
    )  # fmt: skip
    return len(wanted)
