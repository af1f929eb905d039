"""Who comes under a rule of assignments, and has not been met by it yet."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.certs.services.nearing import Nearing, nearing
from app.identity.rules.local_days import local_day
from app.org.models.assignment_rules import AssignmentRule
from app.org.models.staff import StaffMember
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import units as unit_rows
from app.org.rules.assigning import Aim
from app.org.rules.organisations import StaffState
from app.org.services.assignments import who_has

_AT_ONCE = 500
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody who comes under a rule; `cause` is the certificate's id, or empty."""

    staff_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class HeadCount:
    """Who would be asked: each person is in one of the three; the lists are the first of them."""

    begin: int
    waiting: int
    had: int
    waiting_lines: tuple[StaffMember, ...]
    had_lines: tuple[StaffMember, ...]


def condition(db: Session, rule: AssignmentRule, *, now: dt.datetime) -> ColumnElement[bool]:
    """Who on the roster comes under a rule now; EXPIRING looks at the certificates besides."""
    unit = unit_rows.get_unit(db, rule.org_id, rule.unit_id) if rule.unit_id else None
    since = now - dt.timedelta(days=rule.days or 0)
    return rule_rows.aimed_at(rule, unit.path if unit else None, since)


@dataclass(frozen=True, slots=True)
class Unmet:
    """Some whom a rule has not met yet; once they are met, nobody is left up to line `after`."""

    people: list[Met]
    after: str = ""


def unmet(
    db: Session, rule: AssignmentRule, *, now: dt.datetime, most: int, after: str = ""
) -> Unmet:
    """Look for some whom a rule has not met yet, behind a line up to which nobody is left.

    Who holds what is asked of every line anew, so a long roster is gone through once, not for each
    piece of people from its beginning.
    """
    aimed = condition(db, rule, now=now)
    if rule.aim == Aim.EXPIRING:
        found: list[Met] = []
        for people, certificates in _holders(db, rule, aimed, now, after=after):
            met = rule_rows.causes_met(db, rule.id, list(people))
            found += [
                Met(staff_id, each.certificate_id)
                for staff_id, each in certificates
                if (staff_id, each.certificate_id) not in met
            ]
            if len(found) >= most:
                break
            after = max(people)
        return Unmet(found[:most], after)
    rows = rule_rows.list_aimed(db, aimed, rule_rows.not_met(rule.id), most=most)
    return Unmet([Met(row.id, "") for row in rows])


def _holders(
    db: Session, rule: AssignmentRule, aimed: ColumnElement[bool], now: dt.datetime, *,
    after: str = "",
) -> Iterator[tuple[dict[str, StaffMember], list[tuple[str, Nearing]]]]:  # fmt: skip
    """Piece by piece: people, and who of them holds what nears its end, each with their line.

    An employer may know of certificates in courses that it asked for, and of others where the
    person shows all.
    """
    today = local_day(now)
    last = today + dt.timedelta(days=rule.days or 0)
    while people := rule_rows.list_aimed(db, aimed, after=after, most=_AT_ONCE):
        after = people[-1].id
        by_learner = {
            row.learner_id: row
            for row in people
            if row.learner_id and row.state == StaffState.JOINED
        }
        shared = rule_rows.shared_enrolments(db, [row.id for row in people])
        kind = rule.certificate_kind
        found = nearing(db, list(by_learner), kind=kind, first=today, last=last)
        known = [(by_learner[each.learner_id], each) for each in found]
        yield {row.id: row for row in people}, [
            (row.id, each) for row, each in known
            if row.shows_all_courses or (row.id, each.enrolment_id) in shared
        ]  # fmt: skip


def head_count(
    db: Session, rule: AssignmentRule, persons: Sequence[StaffMember], *, now: dt.datetime
) -> HeadCount:
    """Count who would be asked if the rule were made now; nothing is written.

    `persons` are those of PERSONS, of whom the chosen day is asked whatever day they have.
    """
    if rule.aim == Aim.PERSONS:
        return _counted(persons, set())
    aimed = condition(db, rule, now=now)
    if rule.aim == Aim.EXPIRING:
        lines = [
            people[staff_id]
            for people, found in _holders(db, rule, aimed, now)
            for staff_id in dict.fromkeys(staff_id for staff_id, _ in found)
        ]
        return _counted(lines, who_has(db, lines, rule.course_id, now=now))
    has = rule_rows.has_course(rule.course_id)
    is_invited = StaffMember.state == StaffState.INVITED
    return HeadCount(
        begin=rule_rows.count_aimed(db, aimed, ~has, ~is_invited),
        waiting=rule_rows.count_aimed(db, aimed, ~has, is_invited),
        had=rule_rows.count_aimed(db, aimed, has),
        waiting_lines=tuple(rule_rows.list_aimed(db, aimed, ~has, is_invited, most=_SHOWN)),
        had_lines=tuple(rule_rows.list_aimed(db, aimed, has, most=_SHOWN)),
    )


def _counted(lines: Sequence[StaffMember], had: set[str]) -> HeadCount:
    owning = [each for each in lines if each.id in had]
    others = [each for each in lines if each.id not in had]
    waiting = [each for each in others if each.state == StaffState.INVITED]
    return HeadCount(
        begin=len(others) - len(waiting), waiting=len(waiting), had=len(owning),
        waiting_lines=tuple(waiting[:_SHOWN]), had_lines=tuple(owning[:_SHOWN]),
    )  # fmt: skip
