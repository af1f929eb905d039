"""The courses of a proof of hours, each with every day of the ledger."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.certs.services.in_force import in_force
from app.identity.rules.local_days import local_day
from app.learning.services import enrolments, ledger
from app.learning.services.progress import completion_facts
from app.org.rules.proof import CourseOfStudy, DayOfStudy, days_agree

PURPOSE = "proofs"
"""The purpose in the key ring of what signs proofs of hours."""
_FIRST_DAY = dt.date(2020, 1, 1)


def own_enrolments(db: Session, learner_id: str) -> tuple[str, ...]:
    """Every course of a learner's, the newest first."""
    return tuple(view.enrolment_id for view in enrolments.list_for_learner(db, learner_id))


def courses_of(
    db: Session, enrolment_ids: Sequence[str], *, now: dt.datetime
) -> tuple[CourseOfStudy, ...]:
    """The courses of these enrolments, in their order.

    Each names the certificate that is in force for it: handed out, not taken back or replaced, its
    last day not past. A suspension is for days, and its address tells of it.
    """
    today = local_day(now)
    numbers = {
        enrolment_id: held.number
        for enrolment_id, held in in_force(db, enrolment_ids).items()
        if held.until is None or held.until >= today
    }
    found = tuple(_course(db, each, numbers.get(each, "")) for each in enrolment_ids)
    if not all(days_agree(course) for course in found):
        raise AssertionError("the days of the ledger do not add up to its total")
    return found


def _course(db: Session, enrolment_id: str, certificate_number: str) -> CourseOfStudy:
    facts = completion_facts(db, enrolment_id)
    lines = ledger.hours_by_day(db, facts.learner_id, first_day=_FIRST_DAY, last_day=dt.date.max)
    days: dict[dt.date, int] = {}
    for line in lines:
        if line.enrolment_id == enrolment_id:
            days[line.day] = days.get(line.day, 0) + line.ms
    return CourseOfStudy(
        course_id=facts.course_id, title=facts.course_title, policy_version=facts.policy_version,
        policy_notes=(facts.basis,) if facts.basis else (), hour_s=facts.hour_s,
        required_ms=facts.required_ms, confirmed_ms=facts.confirmed_ms,
        stated_hours=facts.stated_hours, score="" if facts.score is None else str(facts.score),
        certificate_number=certificate_number,
        days=tuple(DayOfStudy(day=day, confirmed_ms=ms) for day, ms in sorted(days.items())),
    )  # fmt: skip
