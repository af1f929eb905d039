"""Questions about rosters; who may see what begins with the organisation's id."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.listing import Asked, Order, Piece, piece_of
from app.org.models.staff import StaffMember
from app.org.repository.organisations import lock_organisation
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


def list_by_learners(db: Session, org_id: str, learner_ids: Sequence[str]) -> list[StaffMember]:
    """An organisation's lines of these people."""
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.learner_id.in_(learner_ids)
    )
    return list(db.scalars(query))


def learners_of_roster(db: Session, org_id: str, roster_ids: Sequence[str]) -> list[str]:
    """Of an organisation's lines with these roster entries those who have an account, by it."""
    query = select(StaffMember.learner_id).where(
        StaffMember.org_id == org_id, StaffMember.roster_id.in_(roster_ids),
        StaffMember.learner_id.is_not(None), StaffMember.state != StaffState.LEFT,
    )  # fmt: skip
    return [each for each in db.scalars(query) if each]


def list_staff_by_roster(db: Session, roster_ids: Sequence[str]) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.roster_id.in_(roster_ids), StaffMember.state == StaffState.INVITED
    )
    return list(db.scalars(query.order_by(StaffMember.invited_at)))


def _means(learner_id: str, roster_ids: Sequence[str]) -> ColumnElement[bool]:
    return (StaffMember.learner_id == learner_id) | StaffMember.roster_id.in_(roster_ids)


def orgs_with(db: Session, learner_id: str, roster_ids: Sequence[str]) -> list[str]:
    """The organisations with a line that means a person, in the order in which they are locked."""
    query = select(StaffMember.org_id).where(_means(learner_id, roster_ids)).distinct()
    return list(db.scalars(query.order_by(StaffMember.org_id)))


def list_staff_lines(db: Session, learner_id: str, roster_ids: Sequence[str]) -> list[StaffMember]:
    """Every line of every roster that means a person, left ones too; as it is in the database."""
    query = select(StaffMember).where(_means(learner_id, roster_ids)).order_by(StaffMember.id)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def _old(state: StaffState, before: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Lines that have been in a state since before a moment, and still mean somebody."""
    is_old = _since(state) < before
    return StaffMember.state == state, is_old, StaffMember.roster_id != StaffMember.id


def _since(state: StaffState) -> InstrumentedAttribute[Any]:
    return StaffMember.left_at if state is StaffState.LEFT else StaffMember.invited_at


def list_old_lines(
    db: Session, state: StaffState, before: dt.datetime, most: int
) -> list[StaffMember]:
    """Lines that reached their period, locked until the transaction ends.

    Their organisations are locked first, as everybody does who changes a roster; what was changed
    before the lock came is looked at again.
    """
    query = select(StaffMember.id, StaffMember.org_id).where(*_old(state, before))
    found = list(db.execute(query.order_by(StaffMember.id).limit(most)))
    for org_id in sorted({row.org_id for row in found}):
        lock_organisation(db, org_id)
    still = select(StaffMember).where(
        StaffMember.id.in_([row.id for row in found]), *_old(state, before)
    )
    return list(db.scalars(still.order_by(StaffMember.id).with_for_update()))


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


def list_staff(db: Session, org_id: str, *, staff_ids: Sequence[str]) -> list[StaffMember]:
    """Of these lines those that are on the roster now, in the order of their units."""
    query = select(StaffMember).where(*_on_roster(org_id, None), StaffMember.id.in_(staff_ids))
    return list(db.scalars(query.order_by(StaffMember.unit, StaffMember.id)))


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


ORDER = Order(
    keys={
        "unit": StaffMember.unit, "position": StaffMember.position,
        "invited": StaffMember.invited_at,
    },
    last=StaffMember.id,
    own="unit",
)  # fmt: skip
"""What a roster can be sorted by. Names are sealed: no database can put them in order."""


def piece_of_staff(
    db: Session, org_id: str, asked: Asked, *, state: StaffState | None
) -> Piece[StaffMember]:
    """A piece of the roster."""
    query = select(StaffMember).where(*_on_roster(org_id, state))
    return piece_of(db, query, ORDER, asked, total=count_staff(db, org_id, state=state))


def piece_of_found(
    db: Session, org_id: str, asked: Asked, *, state: StaffState | None, text: str | None,
    roster_ids: Sequence[str],
) -> Piece[StaffMember]:  # fmt: skip
    """Who has one of these entries, or, unless it is None, a text in unit or position."""
    found: ColumnElement[bool] = StaffMember.roster_id.in_(roster_ids)
    if text is not None:
        found |= _says(text)
    query = select(StaffMember).where(*_on_roster(org_id, state), found)
    return piece_of(db, query, ORDER, asked)


def piece_of_few(
    db: Session, org_id: str, asked: Asked, *, state: StaffState | None,
    among: ColumnElement[bool],
) -> Piece[StaffMember]:  # fmt: skip
    """Of a few lines, as `of_entries` and `of_ids` name them, those that are on the roster now."""
    # They are looked up one by one, and then put in order; an organisation's index, which stands
    # in order, would be gone through whole for them. What is reckoned is looked up in no index.
    own = (StaffMember.org_id + "") == org_id
    query = select(StaffMember).where(among, own, _on_roster(org_id, state)[1])
    return piece_of(db, query, ORDER, asked)


def of_entries(roster_ids: Sequence[str]) -> ColumnElement[bool]:
    return StaffMember.roster_id.in_(roster_ids)


def of_ids(staff_ids: Sequence[str]) -> ColumnElement[bool]:
    return StaffMember.id.in_(staff_ids)


def ids_saying(
    db: Session, org_id: str, text: str, *, state: StaffState | None, most: int
) -> list[str]:
    """Who has a text in unit or position, out of an index alone, in the order of units."""
    query = select(StaffMember.id).where(*_on_roster(org_id, state), _says(text))
    return list(db.scalars(query.order_by(StaffMember.unit, StaffMember.id).limit(most)))


def _says(text: str) -> ColumnElement[bool]:
    return StaffMember.unit.contains(text, autoescape=True) | StaffMember.position.contains(
        text, autoescape=True
    )
