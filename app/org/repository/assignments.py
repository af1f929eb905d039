"""Questions about assignments and each person's share of them."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.organisations import Organisation
from app.org.models.staff import StaffMember
from app.org.rules.organisations import StaffState

MemberRow = Row[AssignmentMember, Assignment, StaffMember]


def get_assignment(db: Session, org_id: str, course_id: str, due_on: dt.date) -> Assignment | None:
    query = select(Assignment).where(
        Assignment.org_id == org_id,
        Assignment.course_id == course_id,
        Assignment.due_on == due_on,
    )
    return db.scalars(query).first()


def list_members(db: Session, staff_ids: Sequence[str], course_id: str) -> list[AssignmentMember]:
    """What was asked of people of a course, the earlier rounds of each first."""
    query = select(AssignmentMember).where(
        AssignmentMember.staff_id.in_(staff_ids), AssignmentMember.course_id == course_id
    )
    return list(db.scalars(query.order_by(AssignmentMember.round)))


def has_begun(db: Session, staff_id: str) -> bool:
    """Whether somebody has begun a course as this line of a roster, also before they left."""
    query = select(AssignmentMember.id).where(
        AssignmentMember.staff_id == staff_id, AssignmentMember.enrolment_id.is_not(None)
    )
    return db.scalars(query.limit(1)).first() is not None


def days_asked(db: Session, enrolment_id: str, *, but: str) -> list[dt.date]:
    """By which days an enrolment is asked of its person, on whatever roster; `but` one share."""
    query = (
        select(Assignment.due_on)
        .join(AssignmentMember, AssignmentMember.assignment_id == Assignment.id)
        .join(StaffMember, StaffMember.id == AssignmentMember.staff_id)
        .where(
            AssignmentMember.enrolment_id == enrolment_id, AssignmentMember.id != but,
            StaffMember.state == StaffState.JOINED,
        )
    )  # fmt: skip
    return list(db.scalars(query))


def list_waiting_members(db: Session, staff_id: str) -> list[tuple[AssignmentMember, Assignment]]:
    query = (
        select(AssignmentMember, Assignment)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .where(AssignmentMember.staff_id == staff_id, AssignmentMember.enrolment_id.is_(None))
        .order_by(Assignment.due_on)
    )
    return [(member, assignment) for member, assignment in db.execute(query)]


def joined_waiting(
    db: Session, course_ids: Collection[str], *, after: str, most: int
) -> list[tuple[str, str]]:
    """Lines, with their organisation, of who has joined and has not begun one of some courses."""
    query = (
        select(StaffMember.id, StaffMember.org_id)
        .join(AssignmentMember, AssignmentMember.staff_id == StaffMember.id)
        .where(
            AssignmentMember.course_id.in_(course_ids), AssignmentMember.enrolment_id.is_(None),
            StaffMember.state == StaffState.JOINED, StaffMember.id > after,
        )
        .distinct().order_by(StaffMember.id).limit(most)
    )  # fmt: skip
    return [(row.id, row.org_id) for row in db.execute(query)]


def _member_rows(
    org_id: str, *, course_id: str | None, staff_id: str | None
) -> Select[AssignmentMember, Assignment, StaffMember]:
    """Of each person and course the newest round that was asked for."""
    later = aliased(AssignmentMember)
    is_followed = select(later.id).where(
        later.staff_id == AssignmentMember.staff_id,
        later.course_id == AssignmentMember.course_id, later.round > AssignmentMember.round,
    )  # fmt: skip
    wanted: list[ColumnElement[bool]] = [
        Assignment.org_id == org_id,
        StaffMember.state != StaffState.LEFT,
        ~is_followed.exists(),
    ]
    if course_id is not None:
        wanted.append(Assignment.course_id == course_id)
    if staff_id is not None:
        wanted.append(StaffMember.id == staff_id)
    return (
        select(AssignmentMember, Assignment, StaffMember)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .join(StaffMember, StaffMember.id == AssignmentMember.staff_id)
        .where(*wanted)
    )


def list_member_rows(
    db: Session, org_id: str, *, course_id: str | None = None, staff_id: str | None = None
) -> list[MemberRow]:
    """List who of the organisation was assigned what, the nearest deadline first."""
    query = _member_rows(org_id, course_id=course_id, staff_id=staff_id)
    ordered = query.order_by(Assignment.due_on, StaffMember.unit, AssignmentMember.id)
    return list(db.execute(ordered))


def list_assignments(
    db: Session, org_id: str, *, offset: int, limit: int
) -> list[tuple[Assignment, int, int]]:
    """List assignments with how many people have them, and how many of these have begun."""
    begun = case((AssignmentMember.enrolment_id.is_not(None), AssignmentMember.staff_id))
    query = (
        select(
            Assignment,
            func.count(AssignmentMember.staff_id.distinct()),
            func.count(begun.distinct()),
        )
        .outerjoin(AssignmentMember, AssignmentMember.assignment_id == Assignment.id)
        .where(Assignment.org_id == org_id)
        .group_by(Assignment.id)
        .order_by(Assignment.assigned_at.desc(), Assignment.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(found, total, begun) for found, total, begun in db.execute(query)]


def count_assignments(db: Session, org_id: str) -> int:
    query = select(func.count()).select_from(Assignment).where(Assignment.org_id == org_id)
    return db.scalars(query).one()


def list_unreminded(
    db: Session, *, first: dt.date, last: dt.date, stage: int, most: int
) -> list[tuple[str, str]]:
    """Shares due from `first` to `last` whose person was not told at this stage yet.

    Ids of the person's line and of the share; those of one line come one after another.
    """
    query = (
        select(StaffMember.id, AssignmentMember.id)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .where(Assignment.due_on.between(first, last), *_to_remind(stage))
        .order_by(StaffMember.id, AssignmentMember.id)
        .limit(most)
    )
    found = db.execute(query.join(StaffMember, StaffMember.id == AssignmentMember.staff_id))
    return [(staff_id, member_id) for staff_id, member_id in found]


def _to_remind(stage: int) -> tuple[ColumnElement[bool], ...]:
    told = AssignmentMember.reminded_days
    return (
        AssignmentMember.enrolment_id.is_not(None),
        StaffMember.state == StaffState.JOINED,
        StaffMember.org_id.not_in(
            select(Organisation.id).where(Organisation.suspended_at.is_not(None))
        ),
        told.is_(None) | (told > stage),
    )


def member_to_remind(db: Session, member_id: str, stage: int) -> MemberRow | None:
    """Lock a share that still waits for its reminder."""
    query = (
        select(AssignmentMember, Assignment, StaffMember)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .join(StaffMember, StaffMember.id == AssignmentMember.staff_id)
        .where(AssignmentMember.id == member_id, *_to_remind(stage))
        .with_for_update(of=AssignmentMember)
    )
    return db.execute(query).first()
