"""Courses asked of staff: assigning them, and beginning them once the person has joined."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.services import renewals
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.services import catalogue, enrolments
from app.learning.services.enrolments import EnrolmentView
from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository import assignments as assignment_rows
from app.org.repository import staff as staff_rows
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services import rounds, standings
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView:
    assignment_id: str
    course_id: str
    course_title: str
    due_on: dt.date
    assigned_at: dt.datetime
    staff_count: int
    begun_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked of people, by whom, and for which employer."""

    org_id: str
    employer: str
    course_id: str
    title: str
    due_on: dt.date
    by: str


def assign_all(
    db: Session, asking: Asking, staff: Sequence[StaffMember], *, now: dt.datetime
) -> tuple[str, list[StaffMember]]:
    """Give people their share, whatever day they had before; returns to whom it was new.

    The caller holds the organisation's lock.
    """
    row = _assignment(db, asking, now)
    return row.id, _give(db, asking, row, staff, now)


def _give(
    db: Session, asking: Asking, row: Assignment, staff: Sequence[StaffMember], now: dt.datetime
) -> list[StaffMember]:
    shares = _shares(db, staff, asking.course_id)
    fresh = [
        person for person in staff
        if not _is_asked(db, next(reversed(shares[person.id]), None), row, person, now)
    ]  # fmt: skip
    for person in fresh:
        _ask(db, shares[person.id], row, person, now)
        _tell(db, row, person, asking.title, asking.employer, now)
    standings.refresh(db, fresh, only=asking.course_id)
    return fresh


def ask_others(
    db: Session, asking: Asking, staff: Sequence[StaffMember], *, now: dt.datetime
) -> tuple[str | None, list[StaffMember]]:
    """Ask those who have not been asked for the course yet; the day of the others stays.

    Returns the assignment, if anybody is in it, and whom. The caller holds the organisation's lock.
    """
    had = who_has(db, staff, asking.course_id, now=now)
    fresh = [each for each in staff if each.id not in had]
    if not fresh:
        return None, []
    return assign_all(db, asking, fresh, now=now)


def who_has(
    db: Session, staff: Sequence[StaffMember], course_id: str, *, now: dt.datetime
) -> set[str]:
    """Of whom a course was asked already, and need not be asked again for a new certificate."""
    shares = _shares(db, staff, course_id)
    return {
        person.id for person in staff
        if _is_asked(db, next(reversed(shares[person.id]), None), None, person, now)
    }  # fmt: skip


def _shares(
    db: Session, staff: Sequence[StaffMember], course_id: str
) -> dict[str, list[AssignmentMember]]:
    """People's shares of a course, by line, the earlier rounds of each first."""
    shares: dict[str, list[AssignmentMember]] = {person.id: [] for person in staff}
    for member in assignment_rows.list_members(db, list(shares), course_id):
        shares[member.staff_id].append(member)
    return shares


def chosen_staff(db: Session, org_id: str, staff_ids: Sequence[str]) -> list[StaffMember]:
    """The lines that somebody chose. Raises NotFoundError that names the first that is missing."""
    staff = staff_rows.list_staff(db, org_id, staff_ids=staff_ids)
    missing = set(staff_ids) - {person.id for person in staff}
    if missing:
        place = min(list(staff_ids).index(staff_id) for staff_id in missing)
        raise NotFoundError(
            f"有 {len(missing)} 名员工不在您的名单里。", field=f"/staff_ids/{place}",
            remedy="请刷新员工名单后重新选择",
        )  # fmt: skip
    return staff


def _assignment(db: Session, asking: Asking, now: dt.datetime) -> Assignment:
    row = assignment_rows.get_assignment(db, asking.org_id, asking.course_id, asking.due_on)
    if row is None:
        row = Assignment(
            id=new_id(now), org_id=asking.org_id, course_id=asking.course_id,
            due_on=asking.due_on, assigned_by=asking.by, assigned_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
    return row


def _is_asked(
    db: Session, newest: AssignmentMember | None, row: Assignment | None, person: StaffMember,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Tell whether the newest share says already what an assignment asks for, or any does."""
    if newest is None or (row is not None and newest.assignment_id != row.id):
        return False
    seen = rounds.newest(db, newest, person)
    if seen is None:
        return True
    return seen.is_asked and not renewals.is_due(db, seen.enrolment_id, now=now)


def _ask(
    db: Session,
    shares: Sequence[AssignmentMember],
    row: Assignment,
    person: StaffMember,
    now: dt.datetime,
) -> None:
    begun = _begin(db, row, person, now=now)
    member = _share_of(shares, begun)
    if member is None:
        member = AssignmentMember(
            id=new_id(now), assignment_id=row.id, staff_id=person.id, course_id=row.course_id,
            round=1, assigned_at=now,
        )  # fmt: skip
        db.add(member)
    _note(member, begun)
    # Another day is another deadline: its reminders begin anew.
    member.assignment_id, member.reminded_days = row.id, None


def _share_of(
    shares: Sequence[AssignmentMember], begun: EnrolmentView | None
) -> AssignmentMember | None:
    """The share of the round that was begun, or one that waits; the newest for who has to join."""
    if begun is None:
        return shares[-1] if shares else None
    fitting = (each for each in shares if each.enrolment_id is None or each.round == begun.round)
    return next(fitting, None)


def _note(member: AssignmentMember, begun: EnrolmentView | None) -> None:
    if begun is not None:
        member.enrolment_id, member.round = begun.enrolment_id, begun.round


def _begin(
    db: Session, row: Assignment, person: StaffMember, *, now: dt.datetime
) -> EnrolmentView | None:
    """Enrol a person who has joined: for the next round where the last one's certificate ends."""
    if person.learner_id is None or person.state != StaffState.JOINED:
        return None
    found = enrolments.enrol(
        db, learner_id=person.learner_id, course_id=row.course_id, now=now,
        source="assignment", assigned_by=row.assigned_by,
    )  # fmt: skip
    if renewals.is_due(db, found.enrolment_id, now=now):
        return enrolments.enrol_again(
            db, found.enrolment_id, learner_id=person.learner_id, now=now,
            source="assignment", assigned_by=row.assigned_by, deadline_on=row.due_on,
        )  # fmt: skip
    return enrolments.put_deadline(db, found.enrolment_id, row.due_on)


def _tell(
    db: Session, row: Assignment, person: StaffMember, title: str, employer: str, now: dt.datetime
) -> None:
    if person.learner_id is None:
        return
    inbox.notify(
        db, person.learner_id, NoticeKind.ASSIGNED, now=now, employer=employer, course=title,
        course_id=row.course_id, due=row.due_on.isoformat(),
    )  # fmt: skip


def begin_waiting(db: Session, person: StaffMember, *, employer: str, now: dt.datetime) -> None:
    """Begin what was assigned to a person before they joined, or while they had left.

    A course that lets nobody new in waits, and keeps nobody from joining. The caller holds the
    organisation's lock.
    """
    for member, row in assignment_rows.list_waiting_members(db, person.id):
        try:
            _note(member, _begin(db, row, person, now=now))
        except ConflictError:
            continue
        _tell(db, row, person, catalogue.course_title(db, row.course_id), employer, now)
    standings.refresh(db, [person])


def list_assignments(
    db: Session, actor: Actor, *, org_id: str | None = None, page: int = 1
) -> Page[AssignmentView]:
    """List what was assigned, the newest first."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS, org_id).org_id
    rows = assignment_rows.list_assignments(db, own_id, offset=(page - 1) * SIZE, limit=SIZE)
    views = tuple(
        AssignmentView(
            assignment_id=row.id,
            course_id=row.course_id,
            course_title=catalogue.course_title(db, row.course_id),
            due_on=row.due_on,
            assigned_at=row.assigned_at,
            staff_count=total,
            begun_count=begun,
        )
        for row, total, begun in rows
    )
    return Page(views, page, assignment_rows.count_assignments(db, own_id))
