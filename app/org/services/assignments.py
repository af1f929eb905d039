"""Courses asked of staff: assigning them, and beginning them once the person has joined."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import InvalidError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.learning.services import catalogue, enrolments
from app.org import repository
from app.org.models import Assignment, AssignmentMember, StaffMember
from app.org.rules import deadlines
from app.org.rules.organisations import StaffState
from app.org.services.organisations import acting_for
from app.org.services.paging import SIZE, Page

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    course_id: str
    staff_ids: tuple[str, ...]
    due_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What an assignment did: begun at once, waiting for the person to join, there before."""

    assignment_id: str
    begun: int
    waiting: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView:
    assignment_id: str
    course_id: str
    course_title: str
    due_on: dt.date
    assigned_at: dt.datetime
    staff_count: int
    begun_count: int


def local_day(now: dt.datetime) -> dt.date:
    """The day in Asia/Shanghai, where deadlines are counted."""
    return now.astimezone(_LOCAL).date()


def assign(
    db: Session, actor: Actor, new: NewAssignment, *, org_id: str | None = None, now: dt.datetime
) -> Assigned:
    """Ask staff to study a course by a day; the same again changes nothing.

    Asking again with another day moves the deadline. Who has not joined yet begins on joining.
    """
    organisation = acting_for(db, actor, org_id)
    if not deadlines.is_possible(new.due_on, today=local_day(now)):
        raise InvalidError(
            "截止日期应在今天到三年之内。", field="/due_on", code="due_on", remedy="请重新选择日期"
        )
    repository.lock_organisation(db, organisation.org_id)
    title = catalogue.course_title(db, new.course_id)
    staff = _chosen_staff(db, organisation.org_id, new.staff_ids)
    row = _assignment(db, organisation.org_id, new, actor, now)
    known = {
        member.staff_id: member
        for member in repository.list_members(db, [s.id for s in staff], course_id=new.course_id)
    }
    fresh = [
        person
        for person in staff
        if person.id not in known or known[person.id].assignment_id != row.id
    ]
    for person in fresh:
        member = _ask(db, known.get(person.id), row, person, now)
        if person.state == StaffState.JOINED:
            _begin(db, row, person, member, now=now)
            _tell(db, row, person, title, organisation.name, now)
    db.flush()
    begun = sum(person.state == StaffState.JOINED for person in fresh)
    if fresh:
        audit.record(
            db, "assignment.made", now=now, actor_id=actor.learner_id, subject_id=row.id,
            org_id=organisation.org_id, course_id=new.course_id, staff=len(fresh),
        )  # fmt: skip
    return Assigned(
        assignment_id=row.id, begun=begun, waiting=len(fresh) - begun,
        unchanged=len(staff) - len(fresh),
    )  # fmt: skip


def _chosen_staff(db: Session, org_id: str, staff_ids: Sequence[str]) -> list[StaffMember]:
    staff = repository.list_staff(db, org_id, staff_ids=staff_ids)
    missing = set(staff_ids) - {person.id for person in staff}
    if missing:
        place = min(list(staff_ids).index(staff_id) for staff_id in missing)
        raise NotFoundError(
            f"有 {len(missing)} 名员工不在您的名单里。", field=f"/staff_ids/{place}",
            remedy="请刷新员工名单后重新选择",
        )  # fmt: skip
    return staff


def _assignment(
    db: Session, org_id: str, new: NewAssignment, actor: Actor, now: dt.datetime
) -> Assignment:
    row = repository.get_assignment(db, org_id, new.course_id, new.due_on)
    if row is None:
        row = Assignment(
            id=new_id(now), org_id=org_id, course_id=new.course_id, due_on=new.due_on,
            assigned_by=actor.learner_id, assigned_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
    return row


def _ask(
    db: Session,
    member: AssignmentMember | None,
    row: Assignment,
    person: StaffMember,
    now: dt.datetime,
) -> AssignmentMember:
    if member is None:
        member = AssignmentMember(
            id=new_id(now), assignment_id=row.id, staff_id=person.id, course_id=row.course_id,
            assigned_at=now,
        )  # fmt: skip
        db.add(member)
    # Another day is another deadline: its reminders begin anew.
    member.assignment_id, member.reminded_days = row.id, None
    return member


def _begin(
    db: Session, row: Assignment, person: StaffMember, member: AssignmentMember, *, now: dt.datetime
) -> None:
    if person.learner_id is None:
        return
    enrolment = enrolments.enrol(
        db, learner_id=person.learner_id, course_id=row.course_id, now=now,
        source="assignment", assigned_by=row.assigned_by, deadline_on=row.due_on,
    )  # fmt: skip
    member.enrolment_id = enrolment.enrolment_id


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
    """Begin what was assigned to a person before they joined."""
    for member, row in repository.list_waiting_members(db, person.id):
        _begin(db, row, person, member, now=now)
        _tell(db, row, person, catalogue.course_title(db, row.course_id), employer, now)


def list_assignments(
    db: Session, actor: Actor, *, org_id: str | None = None, page: int = 1
) -> Page[AssignmentView]:
    """List what was assigned, the newest first."""
    own_id = acting_for(db, actor, org_id).org_id
    rows = repository.list_assignments(db, own_id, offset=(page - 1) * SIZE, limit=SIZE)
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
    return Page(views, page, repository.count_assignments(db, own_id))
