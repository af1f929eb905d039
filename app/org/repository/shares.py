"""Shares of one assignment that stand in one way, by their last step: an index's own order."""

import datetime as dt

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember

Bucket = tuple[str, str]
"""Assignment and standing."""
ShareRow = Row[AssignmentMember, StaffMember]


def shares_in(
    db: Session, bucket: Bucket, *, skip: int, most: int,
    stepped_before: dt.datetime | None = None,
) -> list[ShareRow]:  # fmt: skip
    """Some shares with their people, the one without a step for longest first."""
    assignment_id, standing = bucket
    query = (
        select(AssignmentMember, StaffMember)
        .join(StaffMember, StaffMember.id == AssignmentMember.staff_id)
        .where(
            AssignmentMember.assignment_id == assignment_id, AssignmentMember.standing == standing
        )
        .order_by(AssignmentMember.stepped_at, AssignmentMember.id)
    )
    if stepped_before is not None:
        query = query.where(AssignmentMember.stepped_at <= stepped_before)
    return list(db.execute(query.offset(skip).limit(most)))


def count_idle(db: Session, bucket: Bucket, before: dt.datetime, most: int) -> int:
    """How many had no step since a moment, counted up to `most`."""
    assignment_id, standing = bucket
    some = (
        select(AssignmentMember.id)
        .where(
            AssignmentMember.assignment_id == assignment_id,
            AssignmentMember.standing == standing, AssignmentMember.stepped_at <= before,
        )
        .limit(most)
    )  # fmt: skip
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0
