"""Writing messages down that are to leave the house, and seeing beforehand whom they reach."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.ids import new_id
from app.identity.models.outgoing import MailAddress, MessageChoice, OutgoingMessage
from app.identity.repository import outgoing as rows
from app.identity.repository import people as person_rows
from app.identity.rules.local_days import local_day
from app.identity.rules.notices import NoticeKind
from app.identity.rules.outgoing import (
    OUTWARD,
    MessageState,
    Sent,
    Stop,
    Way,
    courses_told,
    goes_out_at,
    is_told,
    ways_left,
)
from app.identity.services import inbox

SEND = "send_message"
_COURSES = "course_ids"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A person is to be told something by an organisation; `facts` hold nothing personal.

    `notice_facts` fill the notice in the inbox, `facts` what goes out by other ways. `about` is
    the course of a notice, empty where it speaks of several; `courses` are all it speaks of.
    """

    person_id: str
    org_id: str
    reason: str
    about: str = ""
    courses: tuple[str, ...] = ()
    notice: NoticeKind
    notice_facts: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """The ways that a wish goes, and those that the day's most kept from it."""

    used: tuple[Way, ...] = ()
    kept: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """By which ways a person would be told now.

    `was_asked`: somebody reminded them today, or they were told today of all that it speaks of.
    """

    ways: tuple[Way, ...]
    was_asked: bool


def wanted_ways(
    choice: MessageChoice | None, mail: MailAddress | None, open_ways: Iterable[Way]
) -> tuple[Way, ...]:
    """The ways that are open and that a person takes, the inbox first."""
    takes = {
        Way.IN_APP: True,
        Way.SMS: choice is None or choice.takes_sms,
        Way.MAIL: (
            (choice is None or choice.takes_mail) and mail is not None
            and mail.address_sealed is not None and mail.refused_at is None
        ),
    }  # fmt: skip
    is_open = {Way.IN_APP, *open_ways}
    return tuple(way for way in Way if way in is_open and takes.get(way, False))


def plan(db: Session, wish: Wish, *, open_ways: Iterable[Way], now: dt.datetime) -> Planned:
    """Tell a person in the inbox at once, and write down what leaves the house when it may.

    The person's row is locked: of two organisations at once neither goes past the day's most.
    """
    person = person_rows.lock(db, wish.person_id)
    if person is None or person.deleted_at is not None:
        return Planned()
    send_at = goes_out_at(now)
    wanted = wanted_ways(rows.choice_of(db, person.id), rows.mail_of(db, person.id), open_ways)
    sent = _sent(rows.of_days(db, [person.id], [local_day(now), local_day(send_at)]), now)
    used, kept = ways_left(wanted, _as_sent(wish), sent)
    for way in (*used, *kept):
        _write(db, wish, way, is_kept=way in kept, send_at=send_at, now=now)
    if Way.IN_APP in used:
        inbox.notify(db, person.id, wish.notice, now=now, **wish.notice_facts)
    return Planned(used, kept)


def _as_sent(wish: Wish) -> Sent:
    return Sent(
        Way.IN_APP, wish.reason, wish.org_id, wish.about, wish.asked_by is not None,
        courses=frozenset(wish.courses),
    )  # fmt: skip


def _sent(found: Sequence[OutgoingMessage], now: dt.datetime) -> list[Sent]:
    """The messages of the day that counts for each way: the inbox's is today."""
    today, day = local_day(now), local_day(goes_out_at(now))
    return [
        Sent(
            Way(row.way), row.reason, row.org_id, row.about, row.asked_by is not None,
            row.state == MessageState.STOPPED, frozenset(row.facts.get(_COURSES, ())),
        )
        for row in found
        if row.day == (day if row.way in OUTWARD else today)
    ]  # fmt: skip


def _write(
    db: Session, wish: Wish, way: Way, *, is_kept: bool, send_at: dt.datetime, now: dt.datetime
) -> None:
    is_outward = way in OUTWARD
    state = MessageState.WAITING if is_outward else MessageState.ACCEPTED
    row = OutgoingMessage(
        id=new_id(now), recipient_id=wish.person_id, person_id=wish.person_id, org_id=wish.org_id,
        way=way.value, reason=wish.reason, about="" if is_outward else wish.about,
        day=local_day(send_at if is_outward else now),
        facts=dict(wish.facts) | {_COURSES: list(wish.courses)},
        asked_by=wish.asked_by, state=(MessageState.STOPPED if is_kept else state).value,
        detail=Stop.DAILY_MOST.value if is_kept else "", tries=0, created_at=now,
        send_at=send_at if is_outward else now,
        finished_at=now if is_kept or not is_outward else None,
    )  # fmt: skip
    db.add(row)
    db.flush()
    if is_outward and not is_kept:
        enqueue(db, row, now=now)


def enqueue(db: Session, row: OutgoingMessage, *, now: dt.datetime) -> None:
    """Let the worker send a message when its moment has come."""
    outbox.enqueue(
        db, SEND, now=now, key=f"message:{row.id}", run_at=row.send_at, message_id=row.id
    )


def plan_group(
    db: Session, org_id: str, *, about: str, facts: Mapping[str, Any], now: dt.datetime
) -> bool:
    """Write a digest down for the organisation's group; tells False where there is no robot."""
    if rows.robot_of(db, org_id) is None:
        return False
    send_at = goes_out_at(now)
    row = OutgoingMessage(
        id=new_id(now), recipient_id=org_id, person_id=None, org_id=org_id, way=Way.ROBOT.value,
        reason="digest", about=about, day=local_day(send_at), facts=dict(facts), asked_by=None,
        state=MessageState.WAITING.value, detail="", tries=0, created_at=now, send_at=send_at,
    )  # fmt: skip
    if rows.same(db, row, row.day):
        return False
    db.add(row)
    db.flush()
    enqueue(db, row, now=now)
    return True


def reach(
    db: Session, wishes: Sequence[Wish], *, open_ways: Iterable[Way], now: dt.datetime
) -> dict[str, Reach]:
    """By which ways each person would be told if it were now, as `plan` would do it."""
    ids = [wish.person_id for wish in wishes]
    days = sorted({local_day(now), local_day(goes_out_at(now))})
    choices, mails = rows.choices_of(db, ids), rows.mails_of(db, ids)
    written: dict[str, list[OutgoingMessage]] = {}
    for row in rows.of_days(db, ids, days):
        written.setdefault(row.person_id or "", []).append(row)
    found = {}
    for wish in wishes:
        own = written.get(wish.person_id, [])
        wanted = wanted_ways(choices.get(wish.person_id), mails.get(wish.person_id), open_ways)
        sent, meant = _sent(own, now), _as_sent(wish)
        used, _ = ways_left(wanted, meant, sent)
        is_over = was_asked(own, wish.org_id, now) or is_told(meant, sent)
        found[wish.person_id] = Reach(used, is_over)
    return found


def told_today(
    db: Session, person_ids: Sequence[str], org_id: str, *, now: dt.datetime
) -> dict[str, frozenset[str]]:
    """The courses that an organisation, or the calendar for it, told each person of today."""
    written: dict[str, list[OutgoingMessage]] = {}
    for row in rows.of_days(db, person_ids, [local_day(now)]):
        written.setdefault(row.person_id or "", []).append(row)
    return {
        person_id: courses_told(org_id, _sent(found, now)) for person_id, found in written.items()
    }


def was_asked(found: Iterable[OutgoingMessage], org_id: str, now: dt.datetime) -> bool:
    """Tell whether somebody of an organisation reminded a person by hand today."""
    today = local_day(now)
    return any(
        row.org_id == org_id and row.asked_by is not None and local_day(row.created_at) == today
        for row in found
    )
