"""Whom a contest means: lines of its organisation's roster."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.org.models.staff import StaffMember
from app.org.repository import tags as tag_rows
from app.org.repository import units as unit_rows
from app.org.rules.organisations import StaffState


def in_units(db: Session, org_id: str, unit_ids: Sequence[str]) -> ColumnElement[bool]:
    """In one of these units, or anywhere below it."""
    paths = [unit.path for unit in unit_rows.units_by_id(db, org_id, unit_ids).values()]
    return or_(
        StaffMember.unit_id.in_(unit_ids),
        *(StaffMember.unit_id.in_(unit_rows.ids_within(org_id, path)) for path in paths),
    )


def in_positions(position_ids: Sequence[str]) -> ColumnElement[bool]:
    return StaffMember.position_id.in_(position_ids)


def with_tags(tag_ids: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(StaffMember.id.in_(tag_rows.with_tag(tag_id)) for tag_id in tag_ids))


def joined(
    db: Session, org_id: str, meant: ColumnElement[bool], *, after: str, most: int
) -> list[StaffMember]:
    """Some whom a contest means, who have joined, behind a line."""
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.state == StaffState.JOINED,
        StaffMember.learner_id.is_not(None), StaffMember.id > after, meant,
    )  # fmt: skip
    return list(db.scalars(query.order_by(StaffMember.id).limit(most)))


def means(db: Session, org_id: str, meant: ColumnElement[bool], learner_id: str) -> bool:
    """Tell whether somebody who has joined is among them."""
    query = select(StaffMember.id).where(
        StaffMember.org_id == org_id, StaffMember.state == StaffState.JOINED,
        StaffMember.learner_id == learner_id, meant,
    )  # fmt: skip
    return db.scalars(query).first() is not None


def orgs_of(db: Session, learner_id: str) -> list[str]:
    """The organisations that somebody has joined."""
    query = select(StaffMember.org_id).where(
        StaffMember.learner_id == learner_id, StaffMember.state == StaffState.JOINED
    )
    return list(db.scalars(query.distinct()))
