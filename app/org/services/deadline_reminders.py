"""Reminding staff of what their employer asked: a week and a day before it is due, and after it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlalchemy.orm import Session

from app.core.db import Database
from app.identity.rules.local_days import local_day
from app.identity.rules.notices import NoticeKind
from app.identity.rules.outgoing import Way
from app.identity.services import outgoing
from app.identity.services.outgoing import Wish
from app.learning.services.progress import completion_facts
from app.org.repository import assignments as assignment_rows
from app.org.rules import deadlines
from app.org.rules.attention import Pressing
from app.org.services import organisations, reminder_settings
from app.org.services.reminder_facts import facts_of, line_of

_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Due:
    """A share whose person is to be told."""

    learner_id: str
    org_id: str
    course_id: str
    course_title: str
    due_on: dt.date
    missing: str


def remind_of_deadlines(database: Database, *, open_ways: Iterable[Way], now: dt.datetime) -> int:
    """Tell everybody whose deadline is near or just over, once for each stage; returns how many.

    Each person is a transaction of its own; done again, nobody is told twice. `open_ways` are
    those that the house has beside the inbox.
    """
    ways = frozenset(open_ways)
    told = 0
    for stage in deadlines.STAGES:
        first, last = deadlines.due_days(stage, local_day(now))
        with database.reading() as db:
            found = assignment_rows.list_unreminded(
                db, first=first, last=last, stage=stage, most=_MOST
            )
        for _, shares in groupby(found, key=itemgetter(0)):
            with database.transaction() as db:
                due = [_note(db, member_id, stage) for _, member_id in shares]
                told += _tell(db, [each for each in due if each], stage, ways, now)
    return told


def _note(db: Session, member_id: str, stage: int) -> _Due | None:
    """Note the stage; None where the person is through or was told meanwhile."""
    found = assignment_rows.member_to_remind(db, member_id, stage)
    if found is None:
        return None
    member, assignment, staff = found
    member.reminded_days = stage
    if member.enrolment_id is None or staff.learner_id is None:
        return None
    facts = completion_facts(db, member.enrolment_id)
    missing = deadlines.missing(
        facts.required_ms - facts.confirmed_ms, exam_passed=facts.exam_passed
    )
    if not missing:
        return None
    return _Due(
        staff.learner_id, staff.org_id, assignment.course_id, facts.course_title,
        assignment.due_on, missing,
    )  # fmt: skip


def _tell(
    db: Session, due: list[_Due], stage: int, open_ways: frozenset[Way], now: dt.datetime
) -> int:
    """A notice for each course; what leaves the house speaks of all of them at once."""
    if not due:
        return 0
    org_id = due[0].org_id
    ways = reminder_settings.ways_of(db, org_id, open_ways)
    is_late = stage == deadlines.LATE
    lines = [line_of(each.course_title, each.due_on) for each in due]
    [organisation] = organisations.organisation_views(db, [org_id])
    facts = facts_of(organisation.name, lines)
    for each in due:
        wish = Wish(
            person_id=each.learner_id, org_id=org_id, about=each.course_id,
            courses=(each.course_id,),
            reason=(Pressing.OVERDUE if is_late else Pressing.DUE_SOON).value,
            notice=NoticeKind.OVERDUE if is_late else NoticeKind.DEADLINE_NEAR,
            notice_facts={
                "course": each.course_title, "due": each.due_on.isoformat(),
                "missing": each.missing,
            },
            facts=facts,
        )  # fmt: skip
        outgoing.plan(db, wish, open_ways=ways, now=now)
    return len(due)
