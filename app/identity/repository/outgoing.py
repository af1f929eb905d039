"""Finding messages, the addresses they go to, and who wants which."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.identity.models.outgoing import (
    GroupRobot,
    MailAddress,
    MessageChoice,
    OutgoingMessage,
)

_PIECE = 500


def mail_of(db: Session, person_id: str) -> MailAddress | None:
    return db.get(MailAddress, person_id, populate_existing=True)


def choice_of(db: Session, person_id: str) -> MessageChoice | None:
    return db.get(MessageChoice, person_id, populate_existing=True)


def robot_of(db: Session, org_id: str) -> GroupRobot | None:
    return db.get(GroupRobot, org_id, populate_existing=True)


def mails_of(db: Session, person_ids: Sequence[str]) -> dict[str, MailAddress]:
    """Of these people those with any row of a mail address."""
    found: dict[str, MailAddress] = {}
    for start in range(0, len(person_ids), _PIECE):
        piece = person_ids[start : start + _PIECE]
        query = select(MailAddress).where(MailAddress.person_id.in_(piece))
        found |= {row.person_id: row for row in db.scalars(query)}
    return found


def choices_of(db: Session, person_ids: Sequence[str]) -> dict[str, MessageChoice]:
    """Of these people those who chose what they take."""
    found: dict[str, MessageChoice] = {}
    for start in range(0, len(person_ids), _PIECE):
        piece = person_ids[start : start + _PIECE]
        query = select(MessageChoice).where(MessageChoice.person_id.in_(piece))
        found |= {row.person_id: row for row in db.scalars(query)}
    return found


def of_days(
    db: Session, person_ids: Sequence[str], days: Sequence[dt.date]
) -> list[OutgoingMessage]:
    """What was written down for people for these days, whoever asked for it."""
    found: list[OutgoingMessage] = []
    for start in range(0, len(person_ids), _PIECE):
        query = select(OutgoingMessage).where(
            OutgoingMessage.person_id.in_(person_ids[start : start + _PIECE]),
            OutgoingMessage.day.in_(days),
        )
        found += db.scalars(query.order_by(OutgoingMessage.id))
    return found


def same(db: Session, row: OutgoingMessage, day: dt.date) -> bool:
    """Tell whether another message stands where this one would on a day."""
    query = select(OutgoingMessage.id).where(
        OutgoingMessage.recipient_id == row.recipient_id, OutgoingMessage.org_id == row.org_id,
        OutgoingMessage.way == row.way, OutgoingMessage.reason == row.reason,
        OutgoingMessage.about == row.about, OutgoingMessage.day == day,
        OutgoingMessage.id != row.id,
    )  # fmt: skip
    return db.scalars(query).first() is not None


def message_to_change(db: Session, message_id: str) -> OutgoingMessage | None:
    """Return a message, locked until the transaction ends."""
    return db.get(OutgoingMessage, message_id, with_for_update=True, populate_existing=True)


def _sought(
    org_id: str, way: str, state: str, person_ids: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [OutgoingMessage.org_id == org_id]
    if way:
        wanted.append(OutgoingMessage.way == way)
    if state:
        wanted.append(OutgoingMessage.state == state)
    if person_ids is not None:
        pieces = [
            OutgoingMessage.person_id.in_(person_ids[start : start + _PIECE])
            for start in range(0, len(person_ids), _PIECE)
        ]
        wanted.append(or_(OutgoingMessage.id.is_(None), *pieces))
    return wanted


def of_organisation(
    db: Session,
    org_id: str,
    *,
    way: str,
    state: str,
    person_ids: Sequence[str] | None,
    oldest_first: bool,
    offset: int,
    limit: int,
) -> tuple[list[OutgoingMessage], int]:
    """One page of what an organisation had sent, and how many there are."""
    wanted = _sought(org_id, way, state, person_ids)
    total = db.scalar(select(func.count()).select_from(OutgoingMessage).where(*wanted)) or 0
    order = OutgoingMessage.id.asc() if oldest_first else OutgoingMessage.id.desc()
    query = select(OutgoingMessage).where(*wanted).order_by(order).offset(offset).limit(limit)
    return list(db.scalars(query)), total


def after(db: Session, org_id: str, after_id: str, most: int) -> list[OutgoingMessage]:
    """The next piece of an organisation's messages, the oldest first."""
    query = select(OutgoingMessage).where(
        OutgoingMessage.org_id == org_id, OutgoingMessage.id > after_id
    )
    return list(db.scalars(query.order_by(OutgoingMessage.id).limit(most)))


def of_person(db: Session, person_id: str, most: int) -> list[OutgoingMessage]:
    """What was sent to a person, the newest first."""
    query = select(OutgoingMessage).where(OutgoingMessage.person_id == person_id)
    return list(db.scalars(query.order_by(OutgoingMessage.id.desc()).limit(most)))
