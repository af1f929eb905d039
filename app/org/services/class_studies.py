"""Beginning the courses of a class: of one person at once, of many by the worker."""

import datetime as dt

from sqlalchemy.orm import Session

from app.certs.services import renewals
from app.core.db import Database
from app.core.errors import ConflictError
from app.core.ids import new_id
from app.learning.services import enrolments
from app.org.models.class_people import ClassMember, ClassStudy
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.repository import organisations as organisation_rows
from app.org.rules.class_places import MemberState
from app.org.rules.classes import ClassState

BEGIN = "begin_class_studies"
"""The job for a class whose people are many."""
_AT_ONCE = 20
_SOURCE = "class"


def begin(
    db: Session, row: TrainingClass, member: ClassMember, *, passes_over: bool = False,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Enrol somebody with a place in every course of an approved class; done twice it is once.

    Where the certificate of the last round nears its last day, the next round begins. Raises
    ConflictError where a course is closed to who is not in it yet, unless it `passes_over` such.
    """
    if row.state != ClassState.RUNNING or member.state != MemberState.ENROLLED:
        return
    begun = {each.course_id for each in people_rows.studies_of(db, [member.id])}
    for course in rows.courses_of(db, [row.id]):
        if course.course_id not in begun:
            try:
                enrolment_id = _enrol(db, row, member.learner_id, course.course_id, now)
            except ConflictError:
                if not passes_over:
                    raise
                continue
            db.add(
                ClassStudy(
                    id=new_id(now), member_id=member.id, course_id=course.course_id,
                    enrolment_id=enrolment_id,
                )
            )  # fmt: skip
    db.flush()


def _enrol(
    db: Session, row: TrainingClass, learner_id: str, course_id: str, now: dt.datetime
) -> str:
    found = enrolments.enrol(
        db, learner_id=learner_id, course_id=course_id, now=now, source=_SOURCE,
        assigned_by=row.applied_by,
    )  # fmt: skip
    if renewals.is_due(db, found.enrolment_id, now=now):
        found = enrolments.enrol_again(
            db, found.enrolment_id, learner_id=learner_id, now=now, source=_SOURCE,
            assigned_by=row.applied_by,
        )  # fmt: skip
    if found.deadline_on is None and found.completed_at is None:
        enrolments.put_deadline(db, found.enrolment_id, row.ends_on)
    return found.enrolment_id


def begin_all(database: Database, class_id: str, *, now: dt.datetime) -> None:
    """Begin the courses of everybody with a place who has not, some at a time.

    Whom a closed course keeps out is passed over: the class's page says who studies nothing.
    While the organisation is suspended nothing begins; its restoring asks for this again.
    """
    after = 0
    while True:
        with database.transaction() as db:
            row = rows.lock_class(db, class_id)
            found = people_rows.unbegun(db, class_id, after=after, most=_AT_ONCE)
            if row is None or not found or organisation_rows.is_suspended(db, row.org_id):
                return
            after = found[-1].turn
            for member in found:
                begin(db, row, member, passes_over=True, now=now)
