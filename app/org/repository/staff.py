"""Questions about rosters; who may see what begins with the organisation's id."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.org.models.staff import StaffMember
from app.org.rules.organisations import StaffState


def get_staff(db: Session, org_id: str, staff_id: str) -> StaffMember | None:
    query = select(StaffMember).where(StaffMember.id == staff_id, StaffMember.org_id == org_id)
    return db.scalars(query).first()


def get_staff_by_roster(db: Session, org_id: str, roster_id: str) -> StaffMember | None:
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.roster_id == roster_id
    )
    return db.scalars(query).first()


def get_staff_by_learner(db: Session, org_id: str, learner_id: str) -> StaffMember | None:
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.learner_id == learner_id
    )
    return db.scalars(query).first()


def list_staff_by_roster(db: Session, roster_ids: Sequence[str]) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.roster_id.in_(roster_ids), StaffMember.state == StaffState.INVITED
    )
    return list(db.scalars(query.order_by(StaffMember.invited_at)))


def list_staff_lines(db: Session, learner_id: str, roster_ids: Sequence[str]) -> list[StaffMember]:
    """Every line of every roster that means a person, left ones too."""
    means = (StaffMember.learner_id == learner_id) | StaffMember.roster_id.in_(roster_ids)
    return list(db.scalars(select(StaffMember).where(means).order_by(StaffMember.id)))


def _old(state: StaffState, before: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Lines that have been in a state since before a moment, and still mean somebody."""
    is_old = _since(state) < before
    return StaffMember.state == state, is_old, StaffMember.roster_id != StaffMember.id


def _since(state: StaffState) -> InstrumentedAttribute[Any]:
    return StaffMember.left_at if state is StaffState.LEFT else StaffMember.invited_at


def list_old_lines(
    db: Session, state: StaffState, before: dt.datetime, most: int
) -> list[StaffMember]:
    """Lines that reached their period, locked until the transaction ends."""
    query = select(StaffMember).where(*_old(state, before)).order_by(StaffMember.id)
    return list(db.scalars(query.limit(most).with_for_update()))


def count_old_lines(db: Session, state: StaffState, before: dt.datetime) -> int:
    query = select(func.count()).select_from(StaffMember).where(*_old(state, before))
    return db.scalar(query) or 0


def oldest_line(db: Session, state: StaffState, now: dt.datetime) -> dt.datetime | None:
    found: dt.datetime | None = db.scalar(select(func.min(_since(state))).where(*_old(state, now)))
    return found


def list_staff_of_learner(db: Session, learner_id: str) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.learner_id == learner_id, StaffMember.state == StaffState.JOINED
    )
    return list(db.scalars(query.order_by(StaffMember.joined_at)))


def _on_roster(org_id: str, state: StaffState | None) -> tuple[ColumnElement[bool], ...]:
    wanted = StaffMember.state != StaffState.LEFT if state is None else StaffMember.state == state
    return StaffMember.org_id == org_id, wanted


def list_staff(
    db: Session,
    org_id: str,
    *,
    staff_ids: Sequence[str] | None = None,
    state: StaffState | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[StaffMember]:
    """List who is on the roster now: invited or joined, in the order of their units."""
    query = select(StaffMember).where(*_on_roster(org_id, state))
    if staff_ids is not None:
        query = query.where(StaffMember.id.in_(staff_ids))
    ordered = query.order_by(StaffMember.unit, StaffMember.id)
    return list(db.scalars(ordered.offset(offset).limit(limit)))


def count_staff(db: Session, org_id: str, *, state: StaffState | None = None) -> int:
    query = select(func.count()).select_from(StaffMember).where(*_on_roster(org_id, state))
    return db.scalars(query).one()


def set_joined(
    db: Session, staff: StaffMember, *, learner_id: str, shows_all: bool, now: dt.datetime
) -> bool:
    """Join, if the invitation still stands; tells False where another answer was faster."""
    changed = db.execute(
        update(StaffMember)
        .where(StaffMember.id == staff.id, StaffMember.state == StaffState.INVITED)
        .values(
            state=StaffState.JOINED, learner_id=learner_id, joined_at=now, left_at=None,
            shows_all_courses=shows_all,
        )
        .returning(StaffMember.id)
    )  # fmt: skip
    return changed.first() is not None


def list_offered(db: Session, org_id: str) -> list[StaffMember]:
    """Those who have not said yet whether they act for the organisation."""
    query = select(StaffMember).where(
        StaffMember.org_id == org_id,
        StaffMember.state == StaffState.JOINED,
        StaffMember.offered_duty.is_not(None),
    )
    return list(db.scalars(query.order_by(StaffMember.id)))


RosterRow = Row[str, str, str, str, str | None]


def roster_after(db: Session, org_id: str, after: str, most: int) -> list[RosterRow]:
    """Who is on the roster, by id: line, entry, unit, position, and the person once joined."""
    columns = (
        StaffMember.id, StaffMember.roster_id, StaffMember.unit, StaffMember.position,
        StaffMember.learner_id,
    )  # fmt: skip
    query = select(*columns).where(
        StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT, StaffMember.id > after
    )
    return list(db.execute(query.order_by(StaffMember.id).limit(most)))


def _sought(
    org_id: str, text: str | None, roster_ids: Sequence[str]
) -> tuple[ColumnElement[bool], ...]:
    found: ColumnElement[bool] = StaffMember.roster_id.in_(roster_ids)
    if text is not None:
        found |= StaffMember.unit.contains(text, autoescape=True)
        found |= StaffMember.position.contains(text, autoescape=True)
    return StaffMember.org_id == org_id, StaffMember.state != StaffState.LEFT, found


def find_staff(
    db: Session,
    org_id: str,
    text: str | None,
    roster_ids: Sequence[str],
    *,
    offset: int,
    limit: int,
) -> tuple[list[StaffMember], int]:
    """Who has one of these entries, or a text in unit or position; a page, and how many."""
    wanted = _sought(org_id, text, roster_ids)
    query = select(StaffMember).where(*wanted).order_by(StaffMember.unit, StaffMember.id)
    total = db.scalar(select(func.count()).select_from(StaffMember).where(*wanted)) or 0
    return list(db.scalars(query.offset(offset).limit(limit))), total
