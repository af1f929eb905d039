"""Which round of a course an employer sees: the newest, asked for or begun by the person."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.learning.services import enrolments
from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember
from app.org.rules.organisations import StaffState


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a course that an employer asked for.

    `is_asked` tells that this round was: then there is a day by which it is due. One that the
    person began by themselves, to renew their certificate, has none.
    """

    enrolment_id: str
    number: int
    started_at: dt.datetime
    is_asked: bool


def newest(db: Session, member: AssignmentMember, staff: StaffMember) -> Round | None:
    """Return the newest round; None for who has not joined: their study is their own affair.

    None too where the share was begun by another person than who stands on the line now.
    """
    if member.enrolment_id is None or staff.state != StaffState.JOINED:
        return None
    found = enrolments.newest_after(db, member.enrolment_id)
    if found.learner_id != staff.learner_id:
        return None
    return Round(found.enrolment_id, found.round, found.started_at, found.round == member.round)
