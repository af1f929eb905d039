"""Reminding many by hand: seen beforehand who gets it by which way, then sent."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import ConflictError
from app.identity.rules.actors import Actor
from app.identity.rules.notices import NoticeKind
from app.identity.rules.outgoing import Way
from app.identity.services import outgoing
from app.identity.services.outgoing import Reach, Wish
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.rules.attention import Pressing
from app.org.rules.duties import Power
from app.org.rules.standings import NO_DAY
from app.org.services import attention, progress, reminder_settings
from app.org.services.attention import Pressed, Sought
from app.org.services.organisations import OrganisationView, acting_for, organisation_views
from app.org.services.reminder_facts import facts_of, line_of

REMIND_MANY = "remind_many"
AT_ONCE = 100
"""People whom one transaction tells; of more the worker tells the rest."""


class Hindrance(StrEnum):
    """Why somebody would not be told."""

    NOT_JOINED = "not_joined"
    OWN_ROUND = "own_round"
    TODAY = "today"
    ENOUGH = "enough"


HINDRANCE_NAMES = {
    Hindrance.NOT_JOINED: "本人还没有确认加入，送不到",
    Hindrance.OWN_ROUND: "本人自己开始的复训，没有截止日期",
    Hindrance.TODAY: "今天已经提醒过",
    Hindrance.ENOUGH: "今天收到的提醒已经够多",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to remind: of those who are sought these, or all of them where none is named."""

    sought: Sought
    staff_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One person of a choice: their courses, and the ways they would be told by, or why not."""

    staff_id: str
    name: str
    unit: str
    courses: tuple[str, ...]
    ways: tuple[Way, ...]
    hindrance: Hindrance | None


@dataclass(frozen=True, slots=True)
class Preview:
    people: tuple[Reached, ...]

    @property
    def by_way(self) -> dict[Way, int]:
        """How many people would get it by each way."""
        counts = Counter(way for each in self.people for way in each.ways)
        return {way: counts[way] for way in Way if counts[way]}

    @property
    def by_hindrance(self) -> dict[Hindrance, int]:
        counts = Counter(each.hindrance for each in self.people if each.hindrance)
        return {each: counts[each] for each in Hindrance if counts[each]}

    @property
    def count(self) -> int:
        """How many people would be told."""
        return sum(bool(each.ways) for each in self.people)


@dataclass(frozen=True, slots=True)
class _Order:
    """Who has people reminded, of what, by which ways."""

    organisation: OrganisationView
    pressing: Pressing
    asked_by: str
    ways: frozenset[Way]


@dataclass(frozen=True, slots=True)
class Told:
    """What a reminder did at once, and for how many people the worker goes on."""

    told: int
    outward: int
    later: int


def preview(
    db: Session, vault: Vault, actor: Actor, choice: Choice, *, open_ways: Iterable[Way],
    now: dt.datetime,
) -> Preview:  # fmt: skip
    """Whom a reminder would reach now, by which ways."""
    organisation = acting_for(db, actor, Power.REMIND)
    ways = reminder_settings.ways_of(db, organisation.org_id, open_ways)
    groups = _chosen(db, vault, actor, choice, now)
    told = _told_today(db, organisation.org_id, groups.values(), now)
    pressing, by = choice.sought.pressing, actor.learner_id
    wishes = {
        staff_id: wish for staff_id, group in groups.items()
        if (wish := _wish(organisation, _untold(group, told), pressing, by))
    }  # fmt: skip
    found = outgoing.reach(db, list(wishes.values()), open_ways=ways, now=now)
    return Preview(
        tuple(
            _reached(group, found.get(wishes[staff_id].person_id) if staff_id in wishes else None)
            for staff_id, group in groups.items()
        )
    )


def _chosen(
    db: Session, vault: Vault, actor: Actor, choice: Choice, now: dt.datetime
) -> dict[str, list[Pressed]]:
    """The chosen people by their ids; of the others nothing is read where some are named."""
    if choice.staff_ids:
        own_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
        people = staff_rows.list_staff(db, own_id, staff_ids=choice.staff_ids)
        lines = progress.rows_of(db, vault, people, now=now)
        lines.sort(key=lambda each: (each.due_on or NO_DAY, each.staff_id))
        everybody = attention.among(db, lines, now=now)
    else:
        everybody = attention.to_remind(db, vault, actor, now=now)
    groups: dict[str, list[Pressed]] = {}
    for each in attention.sought(everybody, choice.sought):
        groups.setdefault(each.row.staff_id, []).append(each)
    return groups


def _told_today(
    db: Session, org_id: str, groups: Iterable[Sequence[Pressed]], now: dt.datetime
) -> dict[str, frozenset[str]]:
    """The courses that each person of these groups was told of today."""
    ids = {each.row.learner_id for group in groups for each in group if each.row.learner_id}
    return outgoing.told_today(db, sorted(ids), org_id, now=now)


def _untold(group: list[Pressed], told: dict[str, frozenset[str]]) -> list[Pressed]:
    """Without the courses that the person was told of today; all where nothing would be left.

    Of all of them nothing goes out, and it is said why.
    """
    known = told.get(group[0].row.learner_id or "", frozenset())
    return [each for each in group if each.row.course_id not in known] or group


def _wish(
    organisation: OrganisationView, group: Sequence[Pressed], pressing: Pressing, asked_by: str
) -> Wish | None:
    """What one person is told; None where there is nothing to tell or nobody to be told."""
    rows = [each.row for each in group if each.row.due_on is not None]
    if not rows or rows[0].learner_id is None:
        return None
    lines = [line_of(row.course_title, row.due_on) for row in rows]
    return Wish(
        person_id=rows[0].learner_id, org_id=organisation.org_id, reason=pressing.value,
        courses=tuple(row.course_id for row in rows),
        notice=NoticeKind.REMINDED_OF_SEVERAL, asked_by=asked_by,
        notice_facts={
            "employer": organisation.name, "count": str(len(rows)),
            "courses": "、".join(f"《{row.course_title}》" for row in rows[:5])
            + ("等" if len(rows) > 5 else ""),
            "due": f"最近的截止 {min(row.due_on for row in rows if row.due_on).isoformat()}。",
        },
        facts=facts_of(organisation.name, lines),
    )  # fmt: skip


def _reached(group: Sequence[Pressed], reach: Reach | None) -> Reached:
    row = group[0].row
    hindrance = None
    if reach is None:
        is_waiting = row.learner_id is None
        hindrance = Hindrance.NOT_JOINED if is_waiting else Hindrance.OWN_ROUND
    elif reach.was_asked:
        hindrance = Hindrance.TODAY
    elif Way.IN_APP not in reach.ways:
        hindrance = Hindrance.ENOUGH
    return Reached(
        staff_id=row.staff_id, name=row.name, unit=row.unit,
        courses=tuple(each.row.course_title for each in group),
        ways=reach.ways if reach is not None and hindrance is None else (), hindrance=hindrance,
    )  # fmt: skip


def remind(
    database: Database, vault: Vault, actor: Actor, choice: Choice, *, open_ways: Iterable[Way],
    now: dt.datetime,
) -> Told:  # fmt: skip
    """Remind everybody of a choice whom it reaches. Raises ConflictError where that is nobody.

    Whom it reaches is looked up before anything is written: that goes through everybody who is
    not through, and nobody waits to write meanwhile. Each person is told as they stand then.
    """
    open_ways = frozenset(open_ways)
    with database.reading() as db:
        found = preview(db, vault, actor, choice, open_ways=open_ways, now=now)
    staff_ids = sorted(each.staff_id for each in found.people if each.ways)
    if not staff_ids:
        raise _nobody()
    with database.transaction() as db:
        organisation = acting_for(db, actor, Power.REMIND)
        ways = reminder_settings.ways_of(db, organisation.org_id, open_ways)
        order = _Order(organisation, choice.sought.pressing, actor.learner_id, ways)
        return _begin(db, vault, order, staff_ids, now)


def _nobody() -> ConflictError:
    return ConflictError(
        "这些人现在都不用再提醒。", code="nobody_to_remind", remedy="请看每个人后面写的原因"
    )


def _begin(
    db: Session, vault: Vault, order: _Order, staff_ids: Sequence[str], now: dt.datetime
) -> Told:
    """Tell the first people, and leave the others to the worker."""
    org_id, pressing = order.organisation.org_id, order.pressing.value
    audit.record(
        db, "assignment.many_reminded", now=now, actor_id=order.asked_by, subject_id=org_id,
        staff=len(staff_ids), kind=pressing,
    )  # fmt: skip
    pieces = [staff_ids[at : at + AT_ONCE] for at in range(0, len(staff_ids), AT_ONCE)]
    for piece in pieces[1:]:
        outbox.enqueue(
            db, REMIND_MANY, now=now, org_id=org_id, asked_by=order.asked_by, pressing=pressing,
            staff_ids=piece,
        )  # fmt: skip
    told, outward = _tell(db, vault, order, pieces[0], now)
    if not told and len(pieces) == 1:
        # Somebody else told them in between.
        raise _nobody()
    return Told(told, outward, len(staff_ids) - len(pieces[0]))


def remind_piece(
    db: Session, vault: Vault, *, org_id: str, asked_by: str, pressing: Pressing,
    staff_ids: Sequence[str], open_ways: Iterable[Way], now: dt.datetime,
) -> None:  # fmt: skip
    """The worker's share of a long list; done twice, nobody is told twice.

    Nobody is told any more on behalf of an organisation that was suspended meanwhile.
    """
    if organisation_rows.is_suspended(db, org_id):
        return
    [organisation] = organisation_views(db, [org_id])
    ways = reminder_settings.ways_of(db, org_id, open_ways)
    _tell(db, vault, _Order(organisation, pressing, asked_by, ways), staff_ids, now)


def _tell(
    db: Session, vault: Vault, order: _Order, staff_ids: Sequence[str], now: dt.datetime
) -> tuple[int, int]:
    """Tell people as they stand now; returns how many were told, and how many by other ways."""
    org_id = order.organisation.org_id
    people = staff_rows.list_staff(db, org_id, staff_ids=staff_ids)
    rows = progress.rows_of(db, vault, people, now=now)
    groups: dict[str, list[Pressed]] = {}
    for each in attention.among(db, rows, now=now):
        if each.pressing is order.pressing:
            groups.setdefault(each.row.staff_id, []).append(each)
    known = _told_today(db, org_id, groups.values(), now)
    wishes = [
        _wish(order.organisation, _untold(group, known), order.pressing, order.asked_by)
        for group in groups.values()
    ]
    told = outward = 0
    # Everybody locks people in one order, so that none waits for another in a ring.
    for wish in sorted((each for each in wishes if each), key=lambda each: each.person_id):
        planned = outgoing.plan(db, wish, open_ways=order.ways, now=now)
        told += Way.IN_APP in planned.used
        outward += len(planned.used) > 1
    return told, outward
