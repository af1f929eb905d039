"""What lies behind one cell of the matrix: recognised hours by day, and why others were not."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.identity.rules.actors import Actor
from app.learning.services import sessions, steps
from app.learning.services.steps import CourseDay
from app.org.repository import assignments as assignment_rows
from app.org.rules.duties import Power, may
from app.org.rules.organisations import StaffState
from app.org.services import matrix, rounds
from app.org.services.matrix import Cell, Column
from app.org.services.organisations import acting_for, duty_in
from app.org.services.staff_views import StaffView, own_staff, views


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A person in a course. `days` is empty before they have joined: nothing is shown till then."""

    person: StaffView
    column: Column
    cell: Cell
    has_joined: bool
    pending_ms: int
    days: tuple[CourseDay, ...]
    may_remind: bool


def cell(
    db: Session, vault: Vault, actor: Actor, staff_id: str, course_id: str, *, now: dt.datetime
) -> CellView:
    """Tell one cell, the newest round of it. Raises NotFoundError where nothing was asked."""
    organisation = acting_for(db, actor, Power.SEE_PROGRESS)
    staff = own_staff(db, organisation.org_id, staff_id)
    found = assignment_rows.list_member_rows(
        db, organisation.org_id, course_id=course_id, staff_id=staff.id
    )
    if not found:
        raise NotFoundError("没有给这个人指派这门课。", remedy="请从学习进度重新进入")
    column, shown = matrix.one(db, staff.id, course_id, organisation.org_id, now=now)
    member, _, _ = found[0]
    seen = rounds.newest(db, member, staff)
    return CellView(
        person=views(db, vault, [staff])[0], column=column, cell=shown,
        has_joined=staff.state == StaffState.JOINED,
        pending_ms=sessions.totals(db, seen.enrolment_id, now=now).pending_ms if seen else 0,
        days=steps.days(db, seen.enrolment_id) if seen else (),
        may_remind=seen is not None and seen.is_asked and shown.completed_at is None
        and may(duty_in(actor, organisation.org_id), Power.REMIND),
    )  # fmt: skip
