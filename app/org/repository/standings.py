"""Shares as they are kept, and the running totals of them."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.org.models.assignments import Assignment, AssignmentCount, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.rules.organisations import StaffState

Bucket = tuple[str, str, str]
"""Where a share is counted: assignment, unit, standing."""
_AT_ONCE = 400


def shares_of(db: Session, staff_ids: Sequence[str]) -> list[AssignmentMember]:
    """Every share of people as it is in the database, the earlier rounds of each course first."""
    found: list[AssignmentMember] = []
    for start in range(0, len(staff_ids), _AT_ONCE):
        query = (
            select(AssignmentMember)
            .where(AssignmentMember.staff_id.in_(staff_ids[start : start + _AT_ONCE]))
            .order_by(AssignmentMember.staff_id, AssignmentMember.course_id, AssignmentMember.round)
            .execution_options(populate_existing=True)
        )
        found += db.scalars(query)
    return found


def due_days(db: Session, assignment_ids: Sequence[str]) -> dict[str, dt.date]:
    found: dict[str, dt.date] = {}
    for start in range(0, len(assignment_ids), _AT_ONCE):
        some = assignment_ids[start : start + _AT_ONCE]
        query = select(Assignment.id, Assignment.due_on).where(Assignment.id.in_(some))
        found |= {row.id: row.due_on for row in db.execute(query)}
    return found


def asked_of(db: Session, studied: Collection[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Of which lines of rosters a course was asked, for (learner, course).

    As (organisation, course, line), in that order.
    """
    query = (
        select(
            StaffMember.org_id, AssignmentMember.course_id, StaffMember.id, StaffMember.learner_id
        )
        .join(AssignmentMember, AssignmentMember.staff_id == StaffMember.id)
        .where(
            StaffMember.learner_id.in_({learner_id for learner_id, _ in studied}),
            StaffMember.state == StaffState.JOINED,
            AssignmentMember.course_id.in_({course_id for _, course_id in studied}),
        )
    )
    return sorted(
        {
            (org_id, course_id, staff_id)
            for org_id, course_id, staff_id, learner_id in db.execute(query)
            if (learner_id, course_id) in studied
        }
    )


def people(db: Session, staff_ids: Collection[str]) -> list[StaffMember]:
    """Lines as they are in the database; those that went are left out."""
    query = select(StaffMember).where(StaffMember.id.in_(staff_ids))
    return list(db.scalars(query.execution_options(populate_existing=True)))


def add(db: Session, changes: Mapping[Bucket, int]) -> None:
    """Change running totals, in one order everywhere."""
    for bucket, shares in sorted(changes.items()):
        if not shares:
            continue
        assignment_id, unit, standing = bucket
        changed = db.execute(
            update(AssignmentCount)
            .where(
                AssignmentCount.assignment_id == assignment_id,
                AssignmentCount.standing == standing, AssignmentCount.unit == unit,
            )
            .values(shares=AssignmentCount.shares + shares)
            .returning(AssignmentCount.shares)
        ).first()  # fmt: skip
        if changed is None:
            db.add(
                AssignmentCount(
                    assignment_id=assignment_id, standing=standing, unit=unit, shares=shares
                )
            )
            db.flush()


def merge_unit(db: Session, org_id: str, unit_id: str, into: str) -> None:
    """Count the shares of a unit's people, who are in another one by now, with that one's."""
    people = select(StaffMember.id).where(StaffMember.org_id == org_id, StaffMember.unit_id == into)
    db.execute(
        update(AssignmentMember)
        .where(AssignmentMember.staff_id.in_(people), AssignmentMember.counted_unit == unit_id)
        .values(counted_unit=into)
    )
    own = select(Assignment.id).where(Assignment.org_id == org_id)
    old = AssignmentCount.unit == unit_id, AssignmentCount.assignment_id.in_(own)
    columns = AssignmentCount.assignment_id, AssignmentCount.standing, AssignmentCount.shares
    found = db.execute(select(*columns).where(*old)).all()
    db.execute(delete(AssignmentCount).where(*old))
    add(db, {(where, into, how): shares for where, how, shares in found})


def totals(db: Session, org_id: str) -> Counter[Bucket]:
    """The running totals of an organisation as they are kept; what is zero is left out."""
    query = (
        select(
            AssignmentCount.assignment_id, AssignmentCount.unit, AssignmentCount.standing,
            AssignmentCount.shares,
        )
        .join(Assignment, Assignment.id == AssignmentCount.assignment_id)
        .where(Assignment.org_id == org_id, AssignmentCount.shares != 0)
    )  # fmt: skip
    return Counter({(where, unit, how): n for where, unit, how, n in db.execute(query)})


def recounted(db: Session, org_id: str) -> Counter[Bucket]:
    """The same, counted from the shares: reads every one of them."""
    where = AssignmentMember.counted_in
    columns = (where, AssignmentMember.counted_unit, AssignmentMember.standing)
    query = (
        select(*columns, func.count())
        .join(Assignment, Assignment.id == where)
        .where(Assignment.org_id == org_id)
        .group_by(*columns)
    )
    return Counter({(found or "", unit, how): n for found, unit, how, n in db.execute(query)})


def replace_totals(db: Session, org_id: str, counted: Mapping[Bucket, int]) -> None:
    """Put running totals in the place of those that are kept."""
    own = select(Assignment.id).where(Assignment.org_id == org_id)
    db.execute(delete(AssignmentCount).where(AssignmentCount.assignment_id.in_(own)))
    rows = [
        {"assignment_id": where, "unit": unit, "standing": how, "shares": shares}
        for (where, unit, how), shares in sorted(counted.items())
    ]
    if rows:
        db.execute(insert(AssignmentCount), rows)


def orgs_that_ask(db: Session) -> list[str]:
    """Organisations that have assigned anything."""
    return list(db.scalars(select(Assignment.org_id).distinct().order_by(Assignment.org_id)))


def staff_after(db: Session, org_id: str, after: str, most: int) -> list[StaffMember]:
    """People of an organisation by id, those who left too."""
    query = select(StaffMember).where(StaffMember.org_id == org_id, StaffMember.id > after)
    return list(db.scalars(query.order_by(StaffMember.id).limit(most)))
