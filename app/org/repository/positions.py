"""Questions about an organisation's positions."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.org.models.staff import StaffMember
from app.org.models.units import OrgPosition
from app.org.rules.organisations import StaffState


def get_position(db: Session, org_id: str, position_id: str) -> OrgPosition | None:
    query = select(OrgPosition).where(OrgPosition.id == position_id, OrgPosition.org_id == org_id)
    return db.scalars(query).first()


def positions_called(db: Session, org_id: str, names: Sequence[str]) -> list[OrgPosition]:
    query = select(OrgPosition).where(OrgPosition.org_id == org_id, OrgPosition.name.in_(names))
    return list(db.scalars(query))


def list_positions(db: Session, org_id: str, *, is_ended: bool = False) -> list[OrgPosition]:
    """By name; those that stand, or those that have ended."""
    ended = OrgPosition.ended_at
    query = select(OrgPosition).where(
        OrgPosition.org_id == org_id, ended.is_not(None) if is_ended else ended.is_(None)
    )
    return list(db.scalars(query.order_by(OrgPosition.name)))


def count_positions(db: Session, org_id: str) -> int:
    query = select(func.count()).select_from(OrgPosition).where(OrgPosition.org_id == org_id)
    return db.scalar(query) or 0


def people_by_position(db: Session, org_id: str) -> dict[str, int]:
    """How many people on the roster hold each, by its id."""
    query = (
        select(StaffMember.position_id, func.count())
        .where(
            StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT,
            StaffMember.position_id.is_not(None),
        )
        .group_by(StaffMember.position_id)
    )  # fmt: skip
    return {position_id: number for position_id, number in db.execute(query) if position_id}


def put_position(db: Session, org_id: str, position_id: str, now_held: OrgPosition) -> None:
    """Write a position on the lines of everybody who holds another, or it under its old name."""
    db.execute(
        update(StaffMember)
        .where(StaffMember.org_id == org_id, StaffMember.position_id == position_id)
        .values(position_id=now_held.id, position=now_held.name)
    )
