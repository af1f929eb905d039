"""Questions about plans of training, and about what was asked in their year."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.org.models.assignments import AssignmentMember
from app.org.models.plans import PlanLine
from app.org.models.staff import StaffMember
from app.org.models.units import OrgUnit
from app.org.rules.organisations import StaffState

Share = Row[str, str, str | None, str | None, str]


def get_line(db: Session, org_id: str, line_id: str) -> PlanLine | None:
    query = select(PlanLine).where(PlanLine.id == line_id, PlanLine.org_id == org_id)
    return db.scalars(query).first()


def list_lines(db: Session, org_id: str, year: int) -> list[PlanLine]:
    query = select(PlanLine).where(PlanLine.org_id == org_id, PlanLine.year == year)
    return list(db.scalars(query.order_by(PlanLine.id)))


def list_years(db: Session, org_id: str) -> list[tuple[int, int]]:
    """The years of which there is a plan, the newest first, and how many lines each has."""
    query = (
        select(PlanLine.year, func.count())
        .where(PlanLine.org_id == org_id)
        .group_by(PlanLine.year)
        .order_by(PlanLine.year.desc())
    )
    return [(row[0], row[1]) for row in db.execute(query)]


def shares_in(
    db: Session, org_id: str, course_ids: Collection[str], first: dt.datetime, before: dt.datetime
) -> Sequence[Share]:
    """What was asked of people on the roster: line, course, unit's path, enrolment, state."""
    query = (
        select(
            StaffMember.id, AssignmentMember.course_id, OrgUnit.path, AssignmentMember.enrolment_id,
            StaffMember.state,
        )
        .join(AssignmentMember, AssignmentMember.staff_id == StaffMember.id)
        .outerjoin(OrgUnit, OrgUnit.id == StaffMember.unit_id)
        .where(
            StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT,
            AssignmentMember.course_id.in_(course_ids),
            AssignmentMember.assigned_at >= first, AssignmentMember.assigned_at < before,
        )
        .order_by(StaffMember.id, AssignmentMember.round)
    )  # fmt: skip
    return db.execute(query).all()


def point_at_unit(db: Session, org_id: str, unit_id: str, into: str) -> None:
    """Let lines of a unit that was merged speak of the other."""
    db.execute(
        update(PlanLine)
        .where(PlanLine.org_id == org_id, PlanLine.unit_id == unit_id)
        .values(unit_id=into)
    )
