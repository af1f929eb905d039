"""Questions about an organisation's units."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.org.models.join_codes import JoinCode
from app.org.models.staff import StaffMember
from app.org.models.units import OrgUnit
from app.org.rules.organisations import StaffState
from app.org.rules.units import BETWEEN, span


def get_unit(db: Session, org_id: str, unit_id: str) -> OrgUnit | None:
    query = select(OrgUnit).where(OrgUnit.id == unit_id, OrgUnit.org_id == org_id)
    return db.scalars(query).first()


def unit_called(db: Session, org_id: str, words: str) -> OrgUnit | None:
    query = select(OrgUnit).where(OrgUnit.org_id == org_id, OrgUnit.words == words)
    return db.scalars(query).first()


def units_called(db: Session, org_id: str, words: Sequence[str]) -> list[OrgUnit]:
    query = select(OrgUnit).where(OrgUnit.org_id == org_id, OrgUnit.words.in_(words))
    return list(db.scalars(query))


def units_by_id(db: Session, org_id: str, unit_ids: Collection[str]) -> dict[str, OrgUnit]:
    query = select(OrgUnit).where(OrgUnit.org_id == org_id, OrgUnit.id.in_(sorted(unit_ids)))
    return {row.id: row for row in db.scalars(query)}


def list_units(db: Session, org_id: str, *, is_ended: bool | None = False) -> list[OrgUnit]:
    """Every unit that stands, or every one that has ended; None for both."""
    query = select(OrgUnit).where(OrgUnit.org_id == org_id)
    if is_ended is not None:
        ended = OrgUnit.ended_at
        query = query.where(ended.is_not(None) if is_ended else ended.is_(None))
    return list(db.scalars(query))


def count_units(db: Session, org_id: str) -> int:
    query = select(func.count()).select_from(OrgUnit).where(OrgUnit.org_id == org_id)
    return db.scalar(query) or 0


def units_within(db: Session, org_id: str, path: str) -> list[OrgUnit]:
    """A unit and all below it, ended ones too, itself the first."""
    query = select(OrgUnit).where(*_within(org_id, path)).order_by(OrgUnit.path)
    return list(db.scalars(query))


def _within(org_id: str, path: str) -> tuple[ColumnElement[bool], ...]:
    first, before = span(path)
    return OrgUnit.org_id == org_id, OrgUnit.path >= first, OrgUnit.path < before


def ids_within(org_id: str, path: str) -> Select[str]:
    """The ids of a unit and of all below it, for other questions."""
    return select(OrgUnit.id).where(*_within(org_id, path))


def called_within(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    """A unit and all below it, where a row keeps what its unit is called and not its path."""
    return (column == words) | column.startswith(words + BETWEEN, autoescape=True)


def people_by_unit(db: Session, org_id: str) -> dict[str, int]:
    """How many people on the roster are right in each unit, by its path."""
    query = (
        select(OrgUnit.path, func.count())
        .join(StaffMember, StaffMember.unit_id == OrgUnit.id)
        .where(StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT)
        .group_by(OrgUnit.path)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def people_within(db: Session, org_id: str, path: str) -> int:
    query = select(func.count()).where(
        StaffMember.org_id == org_id, StaffMember.unit_id.in_(ids_within(org_id, path)),
        StaffMember.state != StaffState.LEFT,
    )  # fmt: skip
    return db.scalar(query) or 0


def put_words(db: Session, org_id: str, unit_id: str, words: str) -> None:
    """Write a unit's new words on the lines of everybody in it, whoever has left too."""
    db.execute(
        update(StaffMember)
        .where(StaffMember.org_id == org_id, StaffMember.unit_id == unit_id)
        .values(unit=words)
    )


def put_words_on_codes(db: Session, org_id: str, before: str, words: str) -> None:
    """Let codes of a unit, and of those below it, lead where it is called now."""
    rest = func.substr(JoinCode.unit, len(before) + 1)
    db.execute(
        update(JoinCode)
        .where(JoinCode.org_id == org_id, called_within(JoinCode.unit, before))
        .values(unit=words + rest)
    )


def bring_over(db: Session, org_id: str, unit_id: str, into: OrgUnit) -> int:
    """Put everybody of a unit into another one; returns how many are on the roster."""
    here = StaffMember.org_id == org_id, StaffMember.unit_id == unit_id
    number = db.scalar(select(func.count()).where(*here, StaffMember.state != StaffState.LEFT))
    db.execute(update(StaffMember).where(*here).values(unit_id=into.id, unit=into.words))
    return number or 0
