"""Certificates of an employer's people by their last day: in its courses, and from elsewhere."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session

from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.models.stated_certificates import StatedCertificate
from app.org.repository.units import called_within
from app.org.rules.organisations import StaffState
from app.org.rules.standings import Standing
from app.org.rules.stated_certificates import LIVE

Place = tuple[dt.date, str]
"""Last day and id: where a certificate stands in the order."""
FEW = 5000
"""Up to so many people it is quicker to begin with them than with what each assignment holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Which certificates: last days from `first` to `last`, of a unit, of some people."""

    first: dt.date
    last: dt.date
    unit: str = ""
    staff_ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One certificate; `id` is the share's or, where `is_stated`, the statement's."""

    id: str
    until: dt.date
    staff_id: str
    roster_id: str
    unit: str
    course_id: str
    number: str
    is_renewing: bool
    is_stated: bool = False

    @property
    def place(self) -> Place:
        return self.until, self.id


_SHARES = (
    AssignmentMember.id, AssignmentMember.certificate_until, StaffMember.id, StaffMember.roster_id,
    StaffMember.unit, AssignmentMember.course_id, AssignmentMember.certificate_number,
    AssignmentMember.standing,
)  # fmt: skip
_UNDER_WAY = (Standing.OPEN, Standing.FREE)


def few_people(
    db: Session, org_id: str, *, unit: str, roster_ids: Sequence[str] | None
) -> list[str] | None:
    """The people that a unit or some entries mean, if they are no more than FEW."""
    query = select(StaffMember.id).where(
        StaffMember.org_id == org_id, StaffMember.state == StaffState.JOINED
    )
    if unit:
        query = query.where(called_within(StaffMember.unit, unit))
    if roster_ids is not None:
        query = query.where(StaffMember.roster_id.in_(roster_ids))
    ids = list(db.scalars(query.limit(FEW + 1)))
    return ids if len(ids) <= FEW else None


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
    db: Session, assignment_id: str, wanted: Held, after: Place | None, most: int
) -> list[HeldRow]:
    """Some of those that are counted in an assignment, the nearest last day first."""
    query = _shares(wanted, after).where(AssignmentMember.counted_in == assignment_id)
    return [_share(row) for row in db.execute(query.limit(most))]


def held_by(db: Session, wanted: Held, after: Place | None, most: int) -> list[HeldRow]:
    """Some of those of a few people, whichever assignments they are counted in."""
    query = _shares(wanted, after).where(
        AssignmentMember.staff_id.in_(wanted.staff_ids or ()),
        AssignmentMember.counted_in.is_not(None),
    )
    return [_share(row) for row in db.execute(query.limit(most))]


def _shares(wanted: Held, after: Place | None) -> Select[*tuple[Any, ...]]:
    order = AssignmentMember.certificate_until, AssignmentMember.id
    query = (
        select(*_SHARES)
        .join(StaffMember, StaffMember.id == AssignmentMember.staff_id)
        .where(AssignmentMember.certificate_until.between(wanted.first, wanted.last))
    )
    if wanted.unit and wanted.staff_ids is None:
        query = query.where(called_within(StaffMember.unit, wanted.unit))
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return query.order_by(*order)


def _share(row: Row[*tuple[Any, ...]]) -> HeldRow:
    share_id, until, staff_id, roster_id, unit, course_id, number, standing = row
    return HeldRow(
        id=share_id, until=until, staff_id=staff_id, roster_id=roster_id, unit=unit,
        course_id=course_id, number=number or "", is_renewing=standing in _UNDER_WAY,
    )  # fmt: skip


def stated_in(
    db: Session, org_id: str, wanted: Held, after: Place | None, most: int
) -> list[HeldRow]:
    """Some of those that the organisation states and nobody refused, in the same order."""
    stated = StatedCertificate
    order = stated.valid_until, stated.id
    query = (
        select(stated.id, stated.valid_until, StaffMember.id, StaffMember.roster_id,
               StaffMember.unit, stated.course_id)
        .join(StaffMember, StaffMember.id == stated.staff_id)
        .where(stated.org_id == org_id, stated.state.in_(LIVE),
               stated.valid_until.between(wanted.first, wanted.last))
    )  # fmt: skip
    if wanted.staff_ids is not None:
        query = query.where(stated.staff_id.in_(wanted.staff_ids))
    elif wanted.unit:
        query = query.where(called_within(StaffMember.unit, wanted.unit))
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [
        HeldRow(
            id=stated_id, until=until, staff_id=staff_id, roster_id=roster_id, unit=unit,
            course_id=course_id or "", number="", is_renewing=False, is_stated=True,
        )
        for stated_id, until, staff_id, roster_id, unit, course_id in db.execute(
            query.order_by(*order).limit(most)
        )
    ]  # fmt: skip


def count_ending(db: Session, org_id: str, first: dt.date, last: dt.date) -> int:
    """How many last days lie in a span, where no later round is under way."""
    own = select(Assignment.id).where(Assignment.org_id == org_id)
    shares = select(func.count()).where(
        AssignmentMember.counted_in.in_(own), AssignmentMember.standing.not_in(_UNDER_WAY),
        AssignmentMember.certificate_until.between(first, last),
    )  # fmt: skip
    stated = select(func.count()).where(
        StatedCertificate.org_id == org_id,
        StatedCertificate.state.in_(LIVE),
        StatedCertificate.valid_until.between(first, last),
    )
    return (db.scalar(shares) or 0) + (db.scalar(stated) or 0)


def stated_by_ids(db: Session, ids: Sequence[str]) -> list[StatedCertificate]:
    return list(db.scalars(select(StatedCertificate).where(StatedCertificate.id.in_(ids))))


def place_of(db: Session, org_id: str, held_id: str) -> Place | None:
    """Where an organisation's certificate stands in that order; None where there is none."""
    query = (
        select(AssignmentMember.certificate_until)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .where(AssignmentMember.id == held_id, Assignment.org_id == org_id)
    )
    until = db.scalars(query).first()
    if until is None:
        stated = select(StatedCertificate.valid_until).where(
            StatedCertificate.id == held_id, StatedCertificate.org_id == org_id
        )
        until = db.scalars(stated).first()
    return None if until is None else (until, held_id)
