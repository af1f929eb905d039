"""Finding roll calls and who was there."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.identity.models.people import Person
from app.identity.models.roll_calls import RollCall, RollPresence
from app.identity.rules.roll_calls import PresenceState


def roll_call(db: Session, roll_call_id: str) -> RollCall | None:
    return db.get(RollCall, roll_call_id)


def lock_roll_call(db: Session, roll_call_id: str) -> RollCall | None:
    """Read a roll call so that nobody ends it, or marks in it, meanwhile."""
    return db.get(RollCall, roll_call_id, with_for_update=True, populate_existing=True)


def open_among(db: Session, roll_call_ids: Collection[str], now: dt.datetime) -> list[RollCall]:
    """Those of them that are under way."""
    query = select(RollCall).where(RollCall.id.in_(roll_call_ids), RollCall.closes_at > now)
    return list(db.scalars(query))


def count_waiting(db: Session, roll_call_ids: Collection[str]) -> list[tuple[str, int]]:
    """How many wait for the supervisor's word, by roll call; none has no entry."""
    query = select(RollPresence.roll_call_id, func.count()).where(
        RollPresence.roll_call_id.in_(roll_call_ids), RollPresence.state == PresenceState.WAITING
    )
    return [(key, count) for key, count in db.execute(query.group_by(RollPresence.roll_call_id))]


def open_of_organisations(
    db: Session, org_ids: Collection[str], now: dt.datetime
) -> list[RollCall]:
    """Those that are under way, the newest first."""
    query = select(RollCall).where(RollCall.org_id.in_(org_ids), RollCall.closes_at > now)
    return list(db.scalars(query.order_by(RollCall.opened_at.desc())))


def presence(db: Session, roll_call_id: str, person_id: str) -> RollPresence | None:
    query = select(RollPresence).where(
        RollPresence.roll_call_id == roll_call_id, RollPresence.person_id == person_id
    )
    return db.scalars(query).first()


def presence_by_id(db: Session, roll_call_id: str, presence_id: str) -> RollPresence | None:
    query = select(RollPresence).where(
        RollPresence.id == presence_id, RollPresence.roll_call_id == roll_call_id
    )
    return db.scalars(query).first()


def presences(db: Session, roll_call_id: str) -> list[Row[RollPresence, Person]]:
    """Who typed the code, in the order they came."""
    query = select(RollPresence, Person).join(Person, Person.id == RollPresence.person_id)
    query = query.where(RollPresence.roll_call_id == roll_call_id)
    return list(db.execute(query.order_by(RollPresence.joined_at, RollPresence.id)))


def present_at(db: Session, person_id: str, now: dt.datetime) -> Row[RollPresence, RollCall] | None:
    """Where a person is now, as a supervisor saw; the newest, if there are several."""
    query = select(RollPresence, RollCall).join(RollCall, RollCall.id == RollPresence.roll_call_id)
    query = query.where(
        RollPresence.person_id == person_id,
        RollPresence.state == PresenceState.PRESENT,
        RollCall.closes_at > now,
    )
    return db.execute(query.order_by(RollPresence.joined_at.desc()).limit(1)).first()


def seen_in(db: Session, roll_call_ids: Collection[str]) -> list[tuple[str, str]]:
    """The roll call and the person of everybody whom a supervisor saw."""
    query = select(RollPresence.roll_call_id, RollPresence.person_id).where(
        RollPresence.roll_call_id.in_(roll_call_ids), RollPresence.state == PresenceState.PRESENT
    )
    return [(roll_call_id, person_id) for roll_call_id, person_id in db.execute(query)]
