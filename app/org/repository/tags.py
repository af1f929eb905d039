"""Questions about an organisation's tags, and who has them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from app.org.models.staff import StaffMember
from app.org.models.units import OrgTag, StaffTag
from app.org.rules.organisations import StaffState


def get_tag(db: Session, org_id: str, tag_id: str) -> OrgTag | None:
    query = select(OrgTag).where(OrgTag.id == tag_id, OrgTag.org_id == org_id)
    return db.scalars(query).first()


def tag_called(db: Session, org_id: str, name: str) -> OrgTag | None:
    query = select(OrgTag).where(OrgTag.org_id == org_id, OrgTag.name == name)
    return db.scalars(query).first()


def list_tags(db: Session, org_id: str) -> list[OrgTag]:
    return list(db.scalars(select(OrgTag).where(OrgTag.org_id == org_id).order_by(OrgTag.name)))


def count_tags(db: Session, org_id: str) -> int:
    query = select(func.count()).select_from(OrgTag).where(OrgTag.org_id == org_id)
    return db.scalar(query) or 0


def people_by_tag(db: Session, org_id: str) -> dict[str, int]:
    """How many people on the roster have each, by its id."""
    query = (
        select(StaffTag.tag_id, func.count())
        .join(StaffMember, StaffMember.id == StaffTag.staff_id)
        .where(StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT)
        .group_by(StaffTag.tag_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def with_tag(tag_id: str) -> Select[str]:
    """The lines that have a tag, for other questions."""
    return select(StaffTag.staff_id).where(StaffTag.tag_id == tag_id)


def staff_with(
    db: Session, org_id: str, tag_id: str, *, offset: int, limit: int
) -> tuple[list[StaffMember], int]:
    """A page of who is on the roster and has a tag, and how many."""
    wanted = (
        StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT,
        StaffMember.id.in_(with_tag(tag_id)),
    )  # fmt: skip
    total = db.scalar(select(func.count()).select_from(StaffMember).where(*wanted)) or 0
    query = select(StaffMember).where(*wanted).order_by(StaffMember.unit, StaffMember.id)
    return list(db.scalars(query.offset(offset).limit(limit))), total


def tags_of(db: Session, staff_ids: Sequence[str]) -> list[StaffTag]:
    return list(db.scalars(select(StaffTag).where(StaffTag.staff_id.in_(staff_ids))))


def names_of(db: Session, staff_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The tags of some lines of a roster by name, by line; a line without any is left out."""
    query = (
        select(StaffTag.staff_id, OrgTag.name)
        .join(OrgTag, OrgTag.id == StaffTag.tag_id)
        .where(StaffTag.staff_id.in_(staff_ids))
    )
    found: dict[str, tuple[str, ...]] = {}
    for staff_id, name in db.execute(query.order_by(OrgTag.name)):
        found[staff_id] = (*found.get(staff_id, ()), name)
    return found


def drop_tags_of(db: Session, staff_ids: Sequence[str]) -> None:
    db.execute(delete(StaffTag).where(StaffTag.staff_id.in_(staff_ids)))


def add_tags(db: Session, staff_id: str, tag_ids: Sequence[str]) -> None:
    if tag_ids:
        db.execute(
            insert(StaffTag), [{"staff_id": staff_id, "tag_id": tag_id} for tag_id in tag_ids]
        )


def tag_all(db: Session, org_id: str, tag_id: str, *wanted: ColumnElement[bool]) -> int:
    """Give a tag to everybody on the roster who is wanted and has it not; returns how many."""
    lines = select(StaffMember.id, literal(tag_id)).where(
        StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT,
        StaffMember.id.not_in(with_tag(tag_id)), *wanted,
    )  # fmt: skip
    number = db.scalar(select(func.count()).select_from(lines.subquery())) or 0
    db.execute(insert(StaffTag).from_select(["staff_id", "tag_id"], lines))
    return number


def take_off(db: Session, staff_id: str, tag_id: str) -> None:
    db.execute(delete(StaffTag).where(StaffTag.staff_id == staff_id, StaffTag.tag_id == tag_id))


def drop_tag(db: Session, tag: OrgTag) -> None:
    """Take a tag off everybody, and let it go."""
    db.execute(delete(StaffTag).where(StaffTag.tag_id == tag.id))
    db.delete(tag)
