"""Finding changes of phones."""

import datetime as dt

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from app.identity.models.phone_changes import PhoneChange

_PENDING = ("waiting", "at_desk")


def change(db: Session, change_id: str) -> PhoneChange | None:
    return db.get(PhoneChange, change_id, populate_existing=True)


def change_to_move(db: Session, change_id: str) -> PhoneChange | None:
    """Return a change, locked until the transaction ends."""
    return db.get(PhoneChange, change_id, with_for_update=True, populate_existing=True)


def pending(db: Session, person_id: str) -> PhoneChange | None:
    """The one that waits, or is before people."""
    query = select(PhoneChange).where(
        PhoneChange.person_id == person_id, PhoneChange.state.in_(_PENDING)
    )
    return db.scalars(query).first()


# Made once: the gate of certificates asks while others wait to write.
_NEWEST_DONE = (
    select(PhoneChange)
    .where(PhoneChange.person_id == bindparam("person_id"), PhoneChange.done_at.is_not(None))
    .order_by(PhoneChange.done_at.desc())
    .limit(1)
)


def newest_done(db: Session, person_id: str) -> PhoneChange | None:
    """The last change that was done, or undone again."""
    return db.scalars(_NEWEST_DONE, {"person_id": person_id}).first()


def proven_to(db: Session, phone_index: str) -> PhoneChange | None:
    """The change that waits, or is before people, and will give this phone to who proved it."""
    query = select(PhoneChange).where(
        PhoneChange.phone_index == phone_index, PhoneChange.state.in_(_PENDING),
        PhoneChange.way.is_not(None),
    )  # fmt: skip
    return db.scalars(query.limit(1)).first()


def newest_away_from(db: Session, phone_index: str) -> PhoneChange | None:
    """The last change by which this phone was given up."""
    query = select(PhoneChange).where(
        PhoneChange.old_phone_index == phone_index, PhoneChange.state == "done"
    )
    return db.scalars(query.order_by(PhoneChange.done_at.desc()).limit(1)).first()


def by_stop_hash(db: Session, stop_hash: str) -> PhoneChange | None:
    query = select(PhoneChange).where(PhoneChange.stop_hash == stop_hash)
    return db.scalars(query).first()


def forget_nobodys(db: Session, before: dt.datetime) -> None:
    """Delete tries at accounts that are not there."""
    db.execute(
        delete(PhoneChange).where(PhoneChange.person_id.is_(None), PhoneChange.asked_at < before)
    )
