"""Units and positions as a roster names them: found by their words, and made where they are new."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.errors import InvalidError
from app.core.ids import new_id
from app.org.models.staff import StaffMember
from app.org.models.units import OrgPosition, OrgUnit
from app.org.repository import positions as position_rows
from app.org.repository import units as unit_rows
from app.org.rules import units as rules


@dataclass(frozen=True, slots=True)
class Places:
    """The ids of units and positions by their words; no words, no id."""

    units: dict[str, str]
    positions: dict[str, str]

    def stand(self, row: StaffMember, unit: str, position: str) -> None:
        """Put a line where these words say."""
        row.unit, row.unit_id = unit, self.units.get(unit)
        row.position, row.position_id = position, self.positions.get(position)


def taken(
    db: Session, org_id: str, units: Iterable[str], positions: Iterable[str], *, now: dt.datetime
) -> Places:
    """Find units and positions; what is not there is made, what has ended stands again.

    `units` and `positions` are in canonical spelling; the caller holds the organisation's lock.
    """
    return Places(
        _units(db, org_id, set(units) - {""}, now),
        _positions(db, org_id, set(positions) - {""}, now),
    )  # fmt: skip


def _units(db: Session, org_id: str, wanted: set[str], now: dt.datetime) -> dict[str, str]:
    there = {row.words: row for row in unit_rows.units_called(db, org_id, sorted(wanted))}
    if missing := wanted - set(there):
        upper = rules.with_all_above(missing)
        there |= {row.words: row for row in unit_rows.units_called(db, org_id, upper)}
        for words in upper:
            if words not in there:
                there[words] = _made(db, org_id, words, there.get(rules.above(words)), now)
        db.flush()
    if any(row.ended_at is not None for row in there.values()):
        _stand_again(db, org_id, there)
    return {words: there[words].id for words in wanted}


def _made(db: Session, org_id: str, words: str, upper: OrgUnit | None, now: dt.datetime) -> OrgUnit:
    unit_id = new_id(now)
    row = OrgUnit(
        id=unit_id, org_id=org_id, words=words, path=(upper.path if upper else "") + unit_id,
        made_at=now,
    )  # fmt: skip
    db.add(row)
    return row


def _stand_again(db: Session, org_id: str, there: dict[str, OrgUnit]) -> None:
    """Whoever comes into a unit that has ended opens it, and what it is in."""
    for row in unit_rows.units_called(db, org_id, rules.with_all_above(there)):
        row.ended_at = None


def _positions(db: Session, org_id: str, wanted: set[str], now: dt.datetime) -> dict[str, str]:
    there = {row.name: row for row in position_rows.positions_called(db, org_id, sorted(wanted))}
    for name in sorted(wanted):
        row = there.get(name)
        if row is None:
            row = OrgPosition(id=new_id(now), org_id=org_id, name=name, made_at=now)
            db.add(row)
        row.ended_at, there[name] = None, row
    db.flush()
    return {name: there[name].id for name in wanted}


def put(db: Session, row: StaffMember, *, unit: str, position: str, now: dt.datetime) -> None:
    """Put one line into a unit and a position as somebody typed them.

    Raises InvalidError that names the field.
    """
    words, name = unit_words(unit), position_name(position)
    NewPlaces(set(), set()).notice(db, row.org_id, [words], [name])
    taken(db, row.org_id, [words], [name], now=now).stand(row, words, name)


def unit_words(text: str, field: str = "/unit") -> str:
    """A unit in canonical spelling. Raises InvalidError for the field."""
    try:
        return rules.spelled(text)
    except rules.WrongWordsError as error:
        raise InvalidError(error.sentence, field=field, remedy=error.remedy) from None


def position_name(text: str, field: str = "/position") -> str:
    """A position's name in canonical spelling, empty for none. Raises InvalidError."""
    try:
        return rules.name_of(text, "岗位") if text.strip() else ""
    except rules.WrongWordsError as error:
        raise InvalidError(error.sentence, field=field, remedy=error.remedy) from None


def _check_room(db: Session, org_id: str, *, units: int, positions: int) -> None:
    """Refuse where there would be too many; `units` and `positions` are how many are new."""
    for field, what, number, most in (
        ("/unit", "部门", units and unit_rows.count_units(db, org_id) + units, rules.MOST_UNITS),
        (
            "/position", "岗位",
            positions and position_rows.count_positions(db, org_id) + positions,
            rules.MOST_POSITIONS,
        ),
    ):  # fmt: skip
        if number > most:
            raise InvalidError(
                f"{what}最多 {most:,} 个。", field=field, code="too_many",
                remedy=f"请先把用不着的{what}合并",
            )  # fmt: skip


@dataclass(slots=True)
class NewPlaces:
    """What an import would make, noticed piece by piece."""

    units: set[str]
    positions: set[str]

    def notice(
        self, db: Session, org_id: str, units: Iterable[str], positions: Iterable[str]
    ) -> tuple[set[str], set[str]]:
        """Which of these nobody has and no piece before had. Raises InvalidError for too many."""
        new_units = set(units) - self.units - {""}
        new_units -= {row.words for row in unit_rows.units_called(db, org_id, sorted(new_units))}
        new_names = set(positions) - self.positions - {""}
        known = position_rows.positions_called(db, org_id, sorted(new_names))
        new_names -= {row.name for row in known}
        self.units |= new_units
        self.positions |= new_names
        if new_units or new_names:
            _check_room(db, org_id, units=len(self.units), positions=len(self.positions))
        return new_units, new_names
