"""Shares of one assignment that stand in one way, by their last step: an index's own order."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember

Bucket = tuple[str, str]
"""Assignment and standing."""
ShareRow = Row[AssignmentMember, StaffMember]


def shares_in(db: Session, bucket: Bucket, *, skip: int, most: int) -> list[ShareRow]:
    """Some shares with their people, the one without a step for longest first."""
    assignment_id, standing = bucket
    query = _with_people().where(
        AssignmentMember.assignment_id == assignment_id, AssignmentMember.standing == standing
    )
    ordered = query.order_by(AssignmentMember.stepped_at, AssignmentMember.id)
    return list(db.execute(ordered.offset(skip).limit(most)))


def shares_beyond(
    db: Session, bucket: Bucket, beyond: tuple[dt.datetime, str] | None, *, falls: bool, most: int
) -> list[ShareRow]:
    """Some shares beyond a last step and id, in their order or, where it falls, the other way."""
    assignment_id, standing = bucket
    step, own = AssignmentMember.stepped_at, AssignmentMember.id
    query = _with_people().where(
        AssignmentMember.assignment_id == assignment_id, AssignmentMember.standing == standing
    )
    if beyond is not None:
        there = tuple_(literal(beyond[0], step.type), literal(beyond[1], own.type))
        here = tuple_(step, own)
        query = query.where(here < there if falls else here > there)
    along = (step.desc(), own.desc()) if falls else (step.asc(), own.asc())
    return list(db.execute(query.order_by(*along).limit(most)))


def shares_by_ids(db: Session, share_ids: Sequence[str]) -> list[ShareRow]:
    """Shares with their people, in the order of the ids."""
    found = {
        row[0].id: row
        for row in db.execute(_with_people().where(AssignmentMember.id.in_(share_ids)))
    }
    return [found[share_id] for share_id in share_ids]


def _with_people() -> Select[AssignmentMember, StaffMember]:
    return select(AssignmentMember, StaffMember).join(
        StaffMember, StaffMember.id == AssignmentMember.staff_id
    )


def idle_in(
    db: Session, bucket: Bucket, before: dt.datetime, most: int
) -> list[tuple[dt.datetime, str]]:
    """Last step and id of those that had none since a moment, the longest silence first."""
    assignment_id, standing = bucket
    query = (
        select(AssignmentMember.stepped_at, AssignmentMember.id)
        .where(
            AssignmentMember.assignment_id == assignment_id,
            AssignmentMember.standing == standing, AssignmentMember.stepped_at <= before,
        )
        .order_by(AssignmentMember.stepped_at, AssignmentMember.id)
        .limit(most)
    )  # fmt: skip
    return [(row.stepped_at, row.id) for row in db.execute(query)]


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
