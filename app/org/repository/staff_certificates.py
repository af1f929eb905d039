"""Certificates of an employer's people in the courses it asks for, by their last day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import Session

from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository.matrix import under

HeldRow = Row[AssignmentMember, StaffMember]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Which certificates: last days from `first` to `last`, of a unit, of some entries' people."""

    first: dt.date
    last: dt.date
    unit: str = ""
    roster_ids: Sequence[str] | None = None


def that_hold(db: Session, org_id: str) -> list[str]:
    """The assignments of an organisation in which any certificate is counted.

    A rule makes one for every day on which it asks somebody, so most of many have none.
    """
    counted = select(AssignmentMember.id).where(
        AssignmentMember.counted_in == Assignment.id,
        AssignmentMember.certificate_until.is_not(None),
    )
    query = select(Assignment.id).where(Assignment.org_id == org_id, counted.exists())
    return list(db.scalars(query.order_by(Assignment.id)))


def held_in(
    db: Session, assignment_id: str, wanted: Held, after: tuple[dt.date, str] | None, most: int
) -> list[HeldRow]:
    """Some of those that are counted in an assignment, the nearest last day first."""
    order = AssignmentMember.certificate_until, AssignmentMember.id
    query = (
        select(AssignmentMember, StaffMember)
        .join(StaffMember, StaffMember.id == AssignmentMember.staff_id)
        .where(
            AssignmentMember.counted_in == assignment_id,
            AssignmentMember.certificate_until.between(wanted.first, wanted.last),
        )
    )
    if wanted.unit:
        query = query.where(under(StaffMember.unit, wanted.unit))
    if wanted.roster_ids is not None:
        query = query.where(StaffMember.roster_id.in_(wanted.roster_ids))
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return list(db.execute(query.order_by(*order).limit(most)))


def place_of(db: Session, org_id: str, share_id: str) -> tuple[dt.date, str] | None:
    """Where an organisation's certificate stands in that order; None where there is none."""
    query = (
        select(AssignmentMember)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .where(AssignmentMember.id == share_id, Assignment.org_id == org_id)
    )
    share = db.scalars(query).first()
    if share is None or share.certificate_until is None:
        return None
    return share.certificate_until, share.id
