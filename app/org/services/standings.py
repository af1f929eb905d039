"""Running state: how each share stands, kept by the transaction that changes it.

Whoever changes a share, a unit or who belongs to a roster holds the organisation's lock and calls
`refresh`; what the person studies is told by the learning room's job (`note_steps`).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from app.certs.services.in_force import InForce, in_force
from app.core.db import Database
from app.learning.services import steps
from app.learning.services.steps import Step
from app.org.models.assignments import AssignmentMember
from app.org.models.staff import StaffMember
from app.org.repository import organisations as organisation_rows
from app.org.repository import standings as rows
from app.org.repository.standings import Bucket
from app.org.rules.organisations import StaffState
from app.org.rules.standings import NO_DAY, Standing, standing_of

_AT_ONCE = 4
"""People in one turn to write: who studies waits meanwhile."""


def refresh(db: Session, staff: Sequence[StaffMember], *, only: str | None = None) -> int:
    """Bring what is kept of people's shares up to date; returns how many shares changed.

    The caller holds the organisation's lock. `only` names the one course whose study has changed:
    nothing of the others is read anew.
    """
    db.flush()
    people = {each.id: each for each in staff}
    shares = rows.shares_of(db, sorted(people))
    due = rows.due_days(db, sorted({each.assignment_id for each in shares}))
    newest = {(each.staff_id, each.course_id): each for each in shares}
    studied = [
        each for each in newest.values()
        if only in (None, each.course_id) and _shows(people[each.staff_id], each)
    ]  # fmt: skip
    found = steps.newest(db, sorted({each.enrolment_id or "" for each in studied}))
    certified = in_force(db, [each for step in found.values() for each in step.rounds])
    changes: Counter[Bucket] = Counter()
    changed = 0
    for share in shares:
        if only is not None and share.course_id != only:
            continue
        person = people[share.staff_id]
        step = _step_of(person, share, found)
        before = _kept(share)
        changes[_bucket(share)] -= 1
        _put(share, person, step, is_newest=newest[share.staff_id, share.course_id] is share)
        _certify(
            share, [certified[each] for each in step.rounds if each in certified] if step else []
        )
        changes[_bucket(share)] += 1
        changed += _kept(share) != before
    _sum_up_each(staff, shares, due)
    db.flush()
    rows.add(db, {bucket: count for bucket, count in changes.items() if bucket[0]})
    return changed


def _step_of(
    person: StaffMember, share: AssignmentMember, found: Mapping[str, Step]
) -> Step | None:
    """What the employer sees of the study behind a share; `found` are steps by enrolment."""
    step = found.get(share.enrolment_id or "") if _shows(person, share) else None
    # The line may have meant somebody else when the share was begun.
    return step if step is not None and step.learner_id == person.learner_id else None


def _shows(person: StaffMember, share: AssignmentMember) -> bool:
    """Before somebody has joined, and once they left, nothing of their study is the employer's."""
    return person.state == StaffState.JOINED and share.enrolment_id is not None


def _bucket(share: AssignmentMember) -> Bucket:
    return share.counted_in or "", share.counted_unit, share.standing


def _kept(share: AssignmentMember) -> tuple[object, ...]:
    return (
        *_bucket(share), share.seen_round, share.confirmed_ms, share.required_ms,
        share.exam_passed, share.completed_at, share.stepped_at, share.certificate_number,
        share.certificate_until,
    )  # fmt: skip


def _put(
    share: AssignmentMember, person: StaffMember, step: Step | None, *, is_newest: bool
) -> None:
    standing = standing_of(
        is_newest=is_newest, has_left=person.state == StaffState.LEFT, has_joined=step is not None,
        is_done=step is not None and step.is_done,
        is_asked=step is not None and step.round == share.round,
    )  # fmt: skip
    share.standing = standing.value
    is_counted = standing is not Standing.OUT
    share.counted_in = share.assignment_id if is_counted else None
    share.counted_unit = (person.unit_id or "") if is_counted else ""
    share.seen_round = step.round if step else share.round
    share.confirmed_ms = step.confirmed_ms if step else 0
    share.required_ms = step.required_ms if step else None
    share.exam_passed = step is not None and step.exam_passed
    share.completed_at = step.completed_at if step else None
    share.stepped_at = _last_step(share, person, step) if is_counted else None


def _certify(share: AssignmentMember, held: Sequence[InForce]) -> None:
    """Note the certificate that is good for longest; of a share that is not counted, none."""
    best = max(held, key=lambda each: (each.until or NO_DAY, each.number), default=None)
    is_shown = best is not None and share.counted_in is not None
    share.certificate_number = best.number if best and is_shown else None
    share.certificate_until = (best.until or NO_DAY) if best and is_shown else None


def _last_step(share: AssignmentMember, person: StaffMember, step: Step | None) -> dt.datetime:
    if step is not None and step.studied_at is not None:
        return step.studied_at
    asked_at = max(share.assigned_at, person.joined_at or person.invited_at)
    return max(asked_at, step.started_at) if step is not None else asked_at


def _sum_up_each(
    staff: Iterable[StaffMember], shares: Iterable[AssignmentMember], due: dict[str, dt.date]
) -> None:
    own: dict[str, list[AssignmentMember]] = {}
    for share in shares:
        own.setdefault(share.staff_id, []).append(share)
    for person in staff:
        _sum_up(person, own.get(person.id, ()), due)


def _sum_up(
    person: StaffMember, shares: Iterable[AssignmentMember], due: dict[str, dt.date]
) -> None:
    counted = [each for each in shares if each.standing != Standing.OUT]
    pressing = [each for each in counted if each.standing == Standing.OPEN]
    person.asked_count = len(counted)
    person.left_count = sum(each.standing != Standing.DONE for each in counted)
    person.next_due_on = min((due[each.assignment_id] for each in pressing), default=NO_DAY)


def leave_out(db: Session, share: AssignmentMember) -> None:
    """A share is about to go: it is counted no more. The caller `refresh`es its person after."""
    rows.add(db, {_bucket(share): -1} if share.counted_in else {})


def note_steps(database: Database, enrolment_ids: Sequence[str]) -> None:
    """Steps of study were made: the shares that asked for them are brought up to date."""
    with database.reading() as db:
        asked = rows.asked_of(db, steps.whose(db, enrolment_ids))
    for (org_id, course_id), of_course in groupby(asked, key=lambda each: each[:2]):
        staff_ids = [staff_id for *_, staff_id in of_course]
        for start in range(0, len(staff_ids), _AT_ONCE):
            with database.transaction() as db:
                organisation_rows.lock_organisation(db, org_id)
                some = rows.people(db, staff_ids[start : start + _AT_ONCE])
                refresh(db, some, only=course_id)
