"""Rows and cells of the matrix, read from what is kept: never a walk over all shares."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.org.models.assignments import Assignment, AssignmentCount, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.models.units import OrgTag, OrgUnit, StaffTag
from app.org.repository.units import called_within
from app.org.rules.deadlines import SOON
from app.org.rules.matrix import Place, Sort, State, Wanted
from app.org.rules.organisations import StaffState
from app.org.rules.standings import Standing

PersonRow = Row[str, str, str, str, str, int, int, dt.date]
CellRow = Row[str, str, str, str, int, int, int | None, bool, dt.datetime | None]
AskedRow = Row[str, str, dt.date]
FEW = 2000
"""Up to so many people or cells it is quicker to begin with them than to walk in order."""
_ORDERS: dict[Sort, tuple[tuple[InstrumentedAttribute[Any], ...], bool]] = {
    Sort.UNIT: ((StaffMember.unit, StaffMember.id), False),
    Sort.DUE: ((StaffMember.next_due_on, StaffMember.id), False),
    Sort.LEFT: ((StaffMember.left_count, StaffMember.id), True),
}
"""Columns of each order, and whether it is a falling one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked up before the people are: entries of a searched text, assignments, the day.

    `roster_ids` is None where no text is sought; `in_texts` tells to look in unit and position too.
    `few` are the people that are meant, where these are few; else they are found on the way through
    all, in the order that is wanted.
    """

    asked: Sequence[AskedRow]
    today: dt.date
    roster_ids: Sequence[str] | None = None
    in_texts: bool = True
    few: Sequence[str] | None = None


def asked_by(db: Session, org_id: str) -> list[AskedRow]:
    """Every assignment of an organisation: id, course, day; the nearest day first."""
    query = select(Assignment.id, Assignment.course_id, Assignment.due_on)
    wanted = query.where(Assignment.org_id == org_id)
    return list(db.execute(wanted.order_by(Assignment.due_on, Assignment.id)))


def people(
    db: Session, org_id: str, wanted: Wanted, found: Found, place: Place | None, most: int
) -> list[PersonRow]:
    """Some people in the order that is wanted, behind or in front of a place."""
    columns = (
        StaffMember.id, StaffMember.roster_id, StaffMember.unit, StaffMember.position,
        StaffMember.state, StaffMember.asked_count, StaffMember.left_count,
        StaffMember.next_due_on,
    )  # fmt: skip
    order, is_falling = _ORDERS[wanted.sort]
    query = select(*columns).where(*_meant(db, org_id, wanted, found, order))
    is_back = place is not None and place.is_before
    if place is not None:
        query = _from_place(db, query, org_id, place, order, is_up=is_falling == is_back)
    falls = is_falling != is_back
    ordered = query.order_by(*(each.desc() if falls else each.asc() for each in order))
    rows = list(db.execute(ordered.limit(most)))
    return rows[::-1] if is_back else rows


def _from_place(
    db: Session, query: Select[*tuple[Any, ...]], org_id: str, place: Place,
    order: Sequence[InstrumentedAttribute[Any]], *, is_up: bool,
) -> Select[Any]:  # fmt: skip
    """From where the person stands now; who is not on the roster any more is the beginning."""
    where = StaffMember.org_id == org_id, StaffMember.id == place.staff_id
    at = db.execute(select(*order).where(*where)).first()
    if at is None:
        return query
    here, there = tuple_(*order), tuple_(*at)
    return query.where(here > there if is_up else here < there)


def few(db: Session, org_id: str, wanted: Wanted, found: Found) -> list[str] | None:
    """The people that are meant, if they are no more than FEW."""
    query = select(StaffMember.id).where(*_conditions(db, org_id, wanted, found, None))
    ids = list(db.scalars(query.limit(FEW + 1)))
    return ids if len(ids) <= FEW else None


def _meant(
    db: Session, org_id: str, wanted: Wanted, found: Found,
    order: Sequence[InstrumentedAttribute[Any]],
) -> list[ColumnElement[bool]]:  # fmt: skip
    if found.few is not None:
        return [StaffMember.org_id == org_id, StaffMember.id.in_(found.few)]
    return _conditions(db, org_id, wanted, found, order)


def _conditions(
    db: Session, org_id: str, wanted: Wanted, found: Found,
    order: Sequence[InstrumentedAttribute[Any]] | None,
) -> list[ColumnElement[bool]]:  # fmt: skip
    """Who is meant by what the address says; with an order, for a walk in it alone."""

    def by(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
        # Many are meant: twenty are found after a few steps in their order. Another column's index
        # would find all of them first and sort them; in an expression it is not looked for.
        is_free = order is None or column in order
        found: ColumnElement[Any] = column.expression if is_free else func.coalesce(column, column)
        return found

    parts: list[ColumnElement[bool]] = [
        StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT,
    ]  # fmt: skip
    if wanted.unit:
        parts.append(called_within(StaffMember.unit, wanted.unit))
    if wanted.position:
        parts.append(by(StaffMember.position) == wanted.position)
    if wanted.tag:
        parts.append(_tagged(org_id, wanted.tag, is_walk=order is not None))
    if found.roster_ids is not None:
        parts.append(_sought(wanted.text, found))
    if wanted.state is not None:
        parts.append(
            _cells_stand(db, org_id, wanted, found) if wanted.courses
            else _person_stands(wanted, found, by(StaffMember.next_due_on), by)
        )  # fmt: skip
    return parts


def _tagged(org_id: str, tag: str, *, is_walk: bool) -> ColumnElement[bool]:
    """Who has a tag of this name: found by the tag, or on a walk asked of each person."""
    own = (OrgTag.org_id == org_id, OrgTag.name == tag)
    held = select(StaffTag.staff_id).join(OrgTag, OrgTag.id == StaffTag.tag_id).where(*own)
    if is_walk:
        return held.where(StaffTag.staff_id == StaffMember.id).exists()
    return StaffMember.id.in_(held)


def tags(db: Session, org_id: str, most: int) -> list[str]:
    """An organisation's tags, by name, up to `most`."""
    query = select(OrgTag.name).where(OrgTag.org_id == org_id)
    return list(db.scalars(query.order_by(OrgTag.name).limit(most)))


def _sought(text: str, found: Found) -> ColumnElement[bool]:
    among: ColumnElement[bool] = StaffMember.roster_id.in_(found.roster_ids or ())
    if found.in_texts:
        among |= StaffMember.unit.contains(text, autoescape=True)
        among |= StaffMember.position.contains(text, autoescape=True)
    return among


def _person_stands(
    wanted: Wanted, found: Found, day: ColumnElement[Any],
    by: Callable[[InstrumentedAttribute[Any]], ColumnElement[Any]],
) -> ColumnElement[bool]:  # fmt: skip
    soon, left = found.today + SOON, by(StaffMember.left_count)
    joined, asked = StaffMember.state == StaffState.JOINED, StaffMember.asked_count > 0
    conditions: dict[State, ColumnElement[bool]] = {
        State.OVERDUE: day < found.today,
        State.DUE_SOON: day.between(found.today, soon),
        State.STUDYING: and_(joined, left > 0, day > soon),
        State.WAITING: and_(StaffMember.state == StaffState.INVITED, asked),
        State.DONE: and_(joined, asked, left == 0),
        State.NOT_ASKED: StaffMember.asked_count == 0,
    }
    return conditions[wanted.state or State.NOT_ASKED]


def _cells_stand(db: Session, org_id: str, wanted: Wanted, found: Found) -> ColumnElement[bool]:
    """Any of the chosen cells stands so; begun with the cells where these are few."""
    if wanted.state is State.NOT_ASKED:
        asked = select(AssignmentMember.id).where(
            AssignmentMember.staff_id == StaffMember.id,
            AssignmentMember.course_id.in_(wanted.courses),
            AssignmentMember.standing != Standing.OUT,
        )
        return ~asked.exists()
    buckets = _buckets(wanted, found)
    units = within(org_id, wanted.unit)
    if _count(db, buckets, units) <= FEW:
        few = select(AssignmentMember.staff_id).where(_in_any(AssignmentMember, buckets))
        if units is not None:
            # As it was counted: the whole employer's would be too many to name.
            few = few.where(AssignmentMember.counted_unit.in_(units))
        return StaffMember.id.in_(list(db.scalars(few)))
    # By the person's own shares: all of an assignment's would be gone through for every person.
    where = func.coalesce(AssignmentMember.assignment_id, AssignmentMember.assignment_id)
    is_one = select(AssignmentMember.id).where(
        AssignmentMember.staff_id == StaffMember.id,
        AssignmentMember.course_id.in_(wanted.courses),
        or_(*(and_(where.in_(ids), AssignmentMember.standing == how) for ids, how in buckets)),
    )  # fmt: skip
    # Not as EXISTS: PostgreSQL makes a join with every such share of it before it sees a person.
    return is_one.limit(1).scalar_subquery().is_not(None)


def _buckets(wanted: Wanted, found: Found) -> list[tuple[list[str], Standing]]:
    """In which assignments a cell has to be kept as what."""
    own = [row for row in found.asked if row.course_id in wanted.courses]
    soon = found.today + SOON
    late = [row.id for row in own if row.due_on < found.today]
    near = [row.id for row in own if found.today <= row.due_on <= soon]
    far = [row.id for row in own if row.due_on > soon]
    every = [row.id for row in own]
    return {
        State.OVERDUE: [(late, Standing.OPEN)],
        State.DUE_SOON: [(near, Standing.OPEN)],
        State.STUDYING: [(far, Standing.OPEN), (every, Standing.FREE)],
        State.WAITING: [(every, Standing.WAITING)],
        State.DONE: [(every, Standing.DONE)],
    }[wanted.state or State.DONE]


def _in_any(
    table: type[AssignmentMember | AssignmentCount], buckets: list[tuple[list[str], Standing]]
) -> ColumnElement[bool]:
    return or_(*(and_(table.assignment_id.in_(ids), table.standing == how) for ids, how in buckets))


def _count(
    db: Session, buckets: list[tuple[list[str], Standing]], units: Select[str] | None
) -> int:
    query = select(func.sum(AssignmentCount.shares)).where(_in_any(AssignmentCount, buckets))
    if units is not None:
        query = query.where(AssignmentCount.unit.in_(units))
    return db.scalar(query) or 0


def within(org_id: str, unit: str) -> Select[str] | None:
    """The ids of a unit and of what is below it, as running totals name them; None for all."""
    if not unit:
        return None
    return select(OrgUnit.id).where(OrgUnit.org_id == org_id, called_within(OrgUnit.words, unit))


def cells(db: Session, staff_ids: Sequence[str], courses: Sequence[str]) -> list[CellRow]:
    """The counted shares of some people in some courses."""
    columns = (
        AssignmentMember.staff_id, AssignmentMember.course_id, AssignmentMember.assignment_id,
        AssignmentMember.standing, AssignmentMember.seen_round, AssignmentMember.confirmed_ms,
        AssignmentMember.required_ms, AssignmentMember.exam_passed, AssignmentMember.completed_at,
    )  # fmt: skip
    query = select(*columns).where(
        AssignmentMember.staff_id.in_(staff_ids), AssignmentMember.course_id.in_(courses),
        AssignmentMember.standing != Standing.OUT,
    )  # fmt: skip
    return list(db.execute(query))


def totals(
    db: Session, assignment_ids: Sequence[str], units: Select[str] | None
) -> list[tuple[str, str, int]]:  # fmt: skip
    """How many shares of each assignment stand how, from the running totals."""
    where = [AssignmentCount.assignment_id.in_(assignment_ids), AssignmentCount.shares > 0]
    if units is not None:
        where.append(AssignmentCount.unit.in_(units))
    columns = AssignmentCount.assignment_id, AssignmentCount.standing
    query = select(*columns, func.sum(AssignmentCount.shares)).where(*where).group_by(*columns)
    return [(found, how, int(shares)) for found, how, shares in db.execute(query)]


def units_and_positions(db: Session, org_id: str, most: int) -> tuple[list[str], list[str]]:
    """The units and positions that a roster has, up to `most` of each."""
    return _texts(db, org_id, StaffMember.unit, most), _texts(
        db, org_id, StaffMember.position, most
    )


def _texts(db: Session, org_id: str, column: InstrumentedAttribute[str], most: int) -> list[str]:
    """From one text to the next by an index: a roster of many thousands has a few hundred."""
    own = StaffMember.org_id == org_id
    first = select(func.min(column).label("said")).where(own, column != "")
    found = first.cte("found", recursive=True)
    after = select(func.min(column)).where(own, column > found.c.said).scalar_subquery()
    found = found.union_all(select(after).where(found.c.said.is_not(None)))
    query = select(found.c.said).where(found.c.said.is_not(None)).limit(most)
    return list(db.scalars(query))
