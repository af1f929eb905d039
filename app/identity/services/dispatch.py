"""Handing a message over: written down as under way before it goes, and as what came of it after.

Who is killed in between leaves it under way, and it is not sent again: neither an SMS vendor nor a
mail server nor a group's robot tells a repeated message from a new one.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.db import Database
from app.identity.models.outgoing import MAIL, ROBOT, OutgoingMessage
from app.identity.models.people import PHONE
from app.identity.providers import GroupRobots, MailSender, SmsSender
from app.identity.providers.mail import MailLetter
from app.identity.providers.wire import VendorError
from app.identity.repository import outgoing as rows
from app.identity.repository import people as person_rows
from app.identity.rules import reminder_words as words
from app.identity.rules.local_days import local_day
from app.identity.rules.notices import NoticeKind
from app.identity.rules.outgoing import QUIET, MessageState, Stop, Way, goes_out_at, pause_after
from app.identity.rules.vendor_calls import Failure, may_have_been_done
from app.identity.services import inbox
from app.identity.services.outgoing import enqueue, wanted_ways
from app.identity.services.person_keys import own_vault

_OVER = frozenset(MessageState) - {MessageState.WAITING, MessageState.SENDING}


@dataclass(frozen=True, slots=True)
class Means:
    """What sending needs beside the database; `url` is the platform's own address."""

    vault: Vault
    sms: SmsSender
    mail: MailSender | None
    robots: GroupRobots
    url: str

    @property
    def open_ways(self) -> frozenset[Way]:
        """The ways beside the inbox that this house has."""
        found = {Way.ROBOT}
        if self.sms.can_remind:
            found.add(Way.SMS)
        if self.mail is not None:
            found.add(Way.MAIL)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Taken:
    message_id: str
    way: Way
    reason: str
    address: str
    facts: dict[str, Any]


def send(database: Database, means: Means, message_id: str, *, now: dt.datetime) -> None:
    """Send a message that is due, once; what came of it stands in the log."""
    with database.transaction() as db:
        taken = _take(db, means, message_id, now)
    if taken is None:
        return
    error: VendorError | None = None
    try:
        _hand_over(means, taken, now)
    except VendorError as refusal:
        error = refusal
    with database.transaction() as db:
        _settle(db, message_id, error, now)


def _take(db: Session, means: Means, message_id: str, now: dt.datetime) -> _Taken | None:
    row = rows.message_to_change(db, message_id)
    if row is None or row.state in _OVER:
        return None
    if row.state == MessageState.SENDING:
        _end(row, MessageState.UNSURE, Stop.INTERRUPTED.value, now)
        return None
    later = goes_out_at(now, QUIET)
    if later > now or now < row.send_at:
        _move(db, row, max(later, row.send_at), now)
        return None
    address = _address(db, means, row)
    if isinstance(address, Stop):
        _end(row, MessageState.STOPPED, address.value, now)
        return None
    row.state, row.tries = MessageState.SENDING.value, row.tries + 1
    return _Taken(row.id, Way(row.way), row.reason, address, dict(row.facts))


def _move(db: Session, row: OutgoingMessage, send_at: dt.datetime, now: dt.datetime) -> None:
    """Let a message go out later, for the day of then, unless that day has one like it."""
    day = local_day(send_at)
    if day != row.day and rows.same(db, row, day):
        _end(row, MessageState.GIVEN_UP, row.detail, now)
        return
    row.day, row.send_at, row.state = day, send_at, MessageState.WAITING.value
    enqueue(db, row, now=now)


def _address(db: Session, means: Means, row: OutgoingMessage) -> str | Stop:
    """Where it goes, as things are now; or why it does not go any more."""
    way = Way(row.way)
    if way not in means.open_ways:
        return Stop.NO_WAY
    if way is Way.ROBOT:
        robot = rows.robot_of(db, row.org_id)
        return means.vault.open(robot.address_sealed, context=ROBOT) if robot else Stop.NO_ADDRESS
    person = person_rows.by_id(db, row.recipient_id)
    if person is None or person.deleted_at is not None:
        return Stop.GONE
    mail, choice = rows.mail_of(db, person.id), rows.choice_of(db, person.id)
    if way not in wanted_ways(choice, mail, means.open_ways):
        has_address = way is Way.SMS or (mail is not None and mail.address_sealed is not None)
        return Stop.UNWANTED if has_address else Stop.NO_ADDRESS
    own = own_vault(means.vault, person)
    if way is Way.SMS:
        return own.open(person.phone_sealed, context=PHONE)
    sealed = mail.address_sealed if mail is not None else None
    return own.open(sealed or b"", context=MAIL)


def _hand_over(means: Means, taken: _Taken, now: dt.datetime) -> None:
    if taken.way is Way.SMS:
        text = words.sms_words(taken.reason, taken.facts)
        means.sms.send_reminder(phone=taken.address, words=text, now=now)
    elif taken.way is Way.ROBOT:
        means.robots.say(taken.address, words.group_text(taken.facts, url=means.url), now=now)
    elif means.mail is not None:
        letter = MailLetter(
            to=taken.address, subject=words.subject(taken.reason), number=taken.message_id,
            text=words.letter(taken.reason, taken.facts, url=means.url),
        )  # fmt: skip
        means.mail.send(letter, now=now)


def _settle(db: Session, message_id: str, error: VendorError | None, now: dt.datetime) -> None:
    row = rows.message_to_change(db, message_id)
    if row is None or row.state != MessageState.SENDING:
        return  # the person has left meanwhile
    if error is None:
        _end(row, MessageState.ACCEPTED, "", now)
        _note_robot(db, row, "")
        return
    detail = f"{error.failure} {error.detail}".strip()[:80]
    if error.failure is Failure.REFUSED:
        _end(row, MessageState.REFUSED, detail, now)
        _note_robot(db, row, detail)
        _note_dead_address(db, row, error.detail, now)
    elif may_have_been_done(error.failure):
        _end(row, MessageState.UNSURE, detail, now)
    elif (pause := pause_after(row.tries)) is None:
        _end(row, MessageState.GIVEN_UP, detail, now)
    else:
        row.detail = detail
        _move(db, row, goes_out_at(now + pause), now)


def _note_robot(db: Session, row: OutgoingMessage, detail: str) -> None:
    robot = rows.robot_of(db, row.org_id) if row.way == Way.ROBOT else None
    if robot is not None:
        robot.refused_for = detail


def _note_dead_address(db: Session, row: OutgoingMessage, detail: str, now: dt.datetime) -> None:
    """The receiving server knows no such address: it is left alone, and the person is told."""
    mail = rows.mail_of(db, row.recipient_id) if row.way == Way.MAIL else None
    if mail is not None and detail.startswith("rcpt") and mail.refused_at is None:
        mail.refused_at = now
        inbox.notify(db, row.recipient_id, NoticeKind.MAIL_REFUSED, now=now)


def _end(row: OutgoingMessage, state: MessageState, detail: str, now: dt.datetime) -> None:
    row.state, row.detail, row.finished_at = state.value, detail, now
