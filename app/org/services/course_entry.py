"""Courses of an institution that was suspended: who was kept out begins once it is restored."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.db import Database
from app.learning.services import catalogue
from app.org.repository import assignments as rows
from app.org.repository import classes as class_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.services.assignments import begin_waiting
from app.org.services.class_studies import BEGIN

RESUME = "resume_courses"
_AT_ONCE = 50


def stop(db: Session, org_id: str, *, now: dt.datetime) -> None:
    """Let nobody new into an organisation's courses."""
    catalogue.set_stopped(db, org_id, now)


def restore(db: Session, org_id: str, *, now: dt.datetime) -> None:
    """Let people in again, and whoever was asked meanwhile begin."""
    if catalogue.set_stopped(db, org_id, None):
        outbox.enqueue(db, RESUME, now=now, key=f"{RESUME}:{org_id}", org_id=org_id)


def resume(database: Database, org_id: str, *, now: dt.datetime) -> None:
    """Begin what employers and classes asked for meanwhile; done twice it is once."""
    with database.transaction() as db:
        course_ids = catalogue.open_of_maker(db, org_id)
        for class_id in class_rows.ids_running_with(db, course_ids):
            outbox.enqueue(db, BEGIN, now=now, key=f"{BEGIN}:{class_id}", class_id=class_id)
    after = ""
    while True:
        with database.reading() as db:
            found = rows.joined_waiting(db, course_ids, after=after, most=_AT_ONCE)
        if not found:
            return
        for staff_id, employer_id in found:
            _begin(database, employer_id, staff_id, now)
        after = found[-1][0]


def _begin(database: Database, employer_id: str, staff_id: str, now: dt.datetime) -> None:
    with database.transaction() as db:
        employer = organisation_rows.lock_organisation(db, employer_id)
        person = staff_rows.get_staff(db, employer_id, staff_id)
        if employer is None or employer.suspended_at is not None or person is None:
            return
        begin_waiting(db, person, employer=employer.name, now=now)
