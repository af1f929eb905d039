"""The room's questions to the database; who may see what begins with the organisation's id."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.org.models import Assignment, AssignmentMember, HourProof, Organisation, StaffMember
from app.org.rules.organisations import StaffState

MemberRow = Row[AssignmentMember, Assignment, StaffMember]


def get_organisation(db: Session, org_id: str) -> Organisation | None:
    return db.get(Organisation, org_id)


def lock_organisation(db: Session, org_id: str) -> Organisation | None:
    """Read an organisation so that only one writer at a time works on its staff."""
    return db.get(Organisation, org_id, with_for_update=True)


def get_organisation_by_uscc(db: Session, uscc: str) -> Organisation | None:
    return db.scalars(select(Organisation).where(Organisation.uscc == uscc)).first()


def organisations_called(db: Session, name: str) -> list[Organisation]:
    """Return at most two of a name, which is enough to know whether it says who is meant."""
    return list(db.scalars(select(Organisation).where(Organisation.name == name).limit(2)))


def list_organisations(db: Session, org_ids: Sequence[str]) -> list[Organisation]:
    query = select(Organisation).where(Organisation.id.in_(org_ids)).order_by(Organisation.name)
    return list(db.scalars(query))


def find_organisations(
    db: Session, text: str, *, skip: int, most: int
) -> tuple[list[Organisation], int]:
    """Return organisations whose name or code holds a text, by name, and how many there are."""
    wanted = or_(
        Organisation.name.contains(text, autoescape=True),
        Organisation.uscc.contains(text.upper(), autoescape=True),
    )
    query = select(Organisation).where(wanted).order_by(Organisation.name, Organisation.id)
    total = db.scalar(select(func.count(Organisation.id)).where(wanted)) or 0
    return list(db.scalars(query.offset(skip).limit(most))), total


def get_staff(db: Session, org_id: str, staff_id: str) -> StaffMember | None:
    query = select(StaffMember).where(StaffMember.id == staff_id, StaffMember.org_id == org_id)
    return db.scalars(query).first()


def get_staff_by_roster(db: Session, org_id: str, roster_id: str) -> StaffMember | None:
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.roster_id == roster_id
    )
    return db.scalars(query).first()


def get_staff_by_learner(db: Session, org_id: str, learner_id: str) -> StaffMember | None:
    query = select(StaffMember).where(
        StaffMember.org_id == org_id, StaffMember.learner_id == learner_id
    )
    return db.scalars(query).first()


def list_staff_by_roster(db: Session, roster_ids: Sequence[str]) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.roster_id.in_(roster_ids), StaffMember.state == StaffState.INVITED
    )
    return list(db.scalars(query.order_by(StaffMember.invited_at)))


def list_staff_lines(db: Session, learner_id: str, roster_ids: Sequence[str]) -> list[StaffMember]:
    """Every line of every roster that means a person, left ones too."""
    means = (StaffMember.learner_id == learner_id) | StaffMember.roster_id.in_(roster_ids)
    return list(db.scalars(select(StaffMember).where(means).order_by(StaffMember.id)))


def _old(state: StaffState, before: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    """Lines that have been in a state since before a moment, and still mean somebody."""
    is_old = _since(state) < before
    return StaffMember.state == state, is_old, StaffMember.roster_id != StaffMember.id


def _since(state: StaffState) -> InstrumentedAttribute[Any]:
    return StaffMember.left_at if state is StaffState.LEFT else StaffMember.invited_at


def list_old_lines(
    db: Session, state: StaffState, before: dt.datetime, most: int
) -> list[StaffMember]:
    """Lines that reached their period, locked until the transaction ends."""
    query = select(StaffMember).where(*_old(state, before)).order_by(StaffMember.id)
    return list(db.scalars(query.limit(most).with_for_update()))


def count_old_lines(db: Session, state: StaffState, before: dt.datetime) -> int:
    query = select(func.count()).select_from(StaffMember).where(*_old(state, before))
    return db.scalar(query) or 0


def oldest_line(db: Session, state: StaffState, now: dt.datetime) -> dt.datetime | None:
    found: dt.datetime | None = db.scalar(select(func.min(_since(state))).where(*_old(state, now)))
    return found


def list_staff_of_learner(db: Session, learner_id: str) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.learner_id == learner_id, StaffMember.state == StaffState.JOINED
    )
    return list(db.scalars(query.order_by(StaffMember.joined_at)))


def _on_roster(org_id: str, state: StaffState | None) -> tuple[ColumnElement[bool], ...]:
    wanted = StaffMember.state != StaffState.LEFT if state is None else StaffMember.state == state
    return StaffMember.org_id == org_id, wanted


def list_staff(
    db: Session,
    org_id: str,
    *,
    staff_ids: Sequence[str] | None = None,
    state: StaffState | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[StaffMember]:
    """List who is on the roster now: invited or joined, in the order of their units."""
    query = select(StaffMember).where(*_on_roster(org_id, state))
    if staff_ids is not None:
        query = query.where(StaffMember.id.in_(staff_ids))
    ordered = query.order_by(StaffMember.unit, StaffMember.id)
    return list(db.scalars(ordered.offset(offset).limit(limit)))


def count_staff(db: Session, org_id: str, *, state: StaffState | None = None) -> int:
    query = select(func.count()).select_from(StaffMember).where(*_on_roster(org_id, state))
    return db.scalars(query).one()


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


def list_waiting_members(db: Session, staff_id: str) -> list[tuple[AssignmentMember, Assignment]]:
    query = (
        select(AssignmentMember, Assignment)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .where(AssignmentMember.staff_id == staff_id, AssignmentMember.enrolment_id.is_(None))
        .order_by(Assignment.due_on)
    )
    return [(member, assignment) for member, assignment in db.execute(query)]


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
) -> list[str]:
    """Ids of shares due from `first` to `last` whose person was not told at this stage yet."""
    query = (
        select(AssignmentMember.id)
        .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
        .where(Assignment.due_on.between(first, last), *_to_remind(stage))
        .order_by(AssignmentMember.id)
        .limit(most)
    )
    return list(db.scalars(query.join(StaffMember, StaffMember.id == AssignmentMember.staff_id)))


def _to_remind(stage: int) -> tuple[ColumnElement[bool], ...]:
    told = AssignmentMember.reminded_days
    return (
        AssignmentMember.enrolment_id.is_not(None),
        StaffMember.state == StaffState.JOINED,
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


def proof_by_number(db: Session, number: str) -> HourProof | None:
    return db.scalars(select(HourProof).where(HourProof.number == number)).first()


def get_proof(db: Session, staff_id: str, facts_hash: str) -> HourProof | None:
    query = select(HourProof).where(
        HourProof.staff_id == staff_id, HourProof.facts_hash == facts_hash
    )
    return db.scalars(query).first()


def next_serial(db: Session, made_on: dt.date) -> int:
    query = select(func.max(HourProof.serial)).where(HourProof.made_on == made_on)
    return (db.scalars(query).one() or 0) + 1


def set_joined(
    db: Session, staff: StaffMember, *, learner_id: str, shows_all: bool, now: dt.datetime
) -> bool:
    """Join, if the invitation still stands; tells False where another answer was faster."""
    changed = db.execute(
        update(StaffMember)
        .where(StaffMember.id == staff.id, StaffMember.state == StaffState.INVITED)
        .values(
            state=StaffState.JOINED, learner_id=learner_id, joined_at=now, left_at=None,
            shows_all_courses=shows_all,
        )
        .returning(StaffMember.id)
    )  # fmt: skip
    return changed.first() is not None
