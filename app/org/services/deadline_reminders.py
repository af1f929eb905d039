"""Reminding staff of what their employer asked: a week and a day before it is due."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.db import Database
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.services.progress import completion_facts
from app.org.repository import assignments as assignment_rows
from app.org.rules import deadlines
from app.org.services.assignments import local_day

_MOST = 1000


def remind_of_deadlines(database: Database, *, now: dt.datetime) -> int:
    """Tell everybody whose deadline is near, once for each stage; returns how many were told.

    Each person is a transaction of its own; done again, nobody is told twice.
    """
    today = local_day(now)
    told = 0
    for stage in deadlines.STAGES:
        with database.reading() as db:
            found = assignment_rows.list_unreminded(
                db, first=today, last=today + dt.timedelta(days=stage), stage=stage, most=_MOST
            )
        for member_id in found:
            with database.transaction() as db:
                told += _remind(db, member_id, stage, now)
    return told


def _remind(db: Session, member_id: str, stage: int, now: dt.datetime) -> bool:
    """Note the stage and tell the person, unless they are through or were told meanwhile."""
    found = assignment_rows.member_to_remind(db, member_id, stage)
    if found is None:
        return False
    member, assignment, staff = found
    member.reminded_days = stage
    if member.enrolment_id is None or staff.learner_id is None:
        return False
    facts = completion_facts(db, member.enrolment_id)
    missing = deadlines.missing(
        facts.required_ms - facts.confirmed_ms, exam_passed=facts.exam_passed
    )
    if not missing:
        return False
    inbox.notify(
        db, staff.learner_id, NoticeKind.DEADLINE_NEAR, now=now, course=facts.course_title,
        due=assignment.due_on.isoformat(), missing=missing,
    )  # fmt: skip
    return True
