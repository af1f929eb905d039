"""What a person sees of employers: who asks, who was accepted, and how to leave."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.services import inbox, roster
from app.identity.services.inbox import NoticeKind
from app.identity.services.roster import NamedPerson
from app.org.models.staff import StaffMember
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.rules.duties import Power
from app.org.rules.organisations import STAFF_STATE_NAMES, StaffState
from app.org.services import class_members, standings
from app.org.services.assignments import begin_waiting
from app.org.services.organisations import holders_of
from app.org.services.staff import leave


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerOfMine:
    """An employer that asked for the person, or that the person has joined.

    `entered_name` is how the employer's roster calls the person, where that is not the proven name.
    """

    org_id: str
    name: str
    entered_name: str
    unit: str
    position: str
    state: StaffState
    state_name: str
    shows_all_courses: bool


def list_employers(db: Session, vault: Vault, actor: Actor) -> list[EmployerOfMine]:
    """List who asked for the caller, and where the caller already belongs."""
    rows = staff_rows.list_staff_of_learner(db, actor.learner_id) + _invitations(db, vault, actor)
    names = {
        o.id: o.name for o in organisation_rows.list_organisations(db, [r.org_id for r in rows])
    }
    called = roster.named(db, vault, [row.roster_id for row in rows])
    return [
        EmployerOfMine(
            org_id=row.org_id,
            name=names[row.org_id],
            entered_name=_other_name(called.get(row.roster_id), actor.display_name),
            unit=row.unit,
            position=row.position,
            state=StaffState(row.state),
            state_name=STAFF_STATE_NAMES[StaffState(row.state)],
            shows_all_courses=row.shows_all_courses,
        )
        for row in rows
    ]


def _other_name(on_roster: NamedPerson | None, proven: str) -> str:
    if on_roster is None:
        return ""
    return on_roster.entered_name or ("" if on_roster.name == proven else on_roster.name)


def _invitations(db: Session, vault: Vault, actor: Actor) -> list[StaffMember]:
    """Only who has proved their name can be the person that an employer means."""
    if not actor.is_verified:
        return []
    roster_ids = roster.match_after_verification(db, vault, learner_id=actor.learner_id)
    return staff_rows.list_staff_by_roster(db, roster_ids)


def accept_employer(
    db: Session, vault: Vault, actor: Actor, org_id: str, *, shows_all_courses: bool,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Join an employer that asked; what was assigned meanwhile begins now.

    Raises ForbiddenError without a proven name, NotFoundError where it does not ask, ConflictError
    where it is suspended. Who has joined chooses what they show at any time.
    """
    if not actor.is_verified:
        raise ForbiddenError("请先完成实名认证，再确认加入单位。", remedy="先完成实名认证")
    organisation = organisation_rows.lock_organisation(db, org_id)
    joined = staff_rows.get_staff_by_learner(db, org_id, actor.learner_id)
    if joined is not None and joined.state == StaffState.JOINED:
        joined.shows_all_courses = shows_all_courses
        return
    asked = [row for row in _invitations(db, vault, actor) if row.org_id == org_id]
    if not asked:
        raise NotFoundError("没有这个单位的邀请。", remedy="请联系单位经办人核对姓名和证件号码")
    if organisation is None or organisation.suspended_at is not None:
        raise ConflictError(
            "这个单位暂停使用，现在不能加入。", code="org_suspended",
            remedy="邀请还在，等单位恢复后再来确认",
        )  # fmt: skip
    row = asked[0]
    if not staff_rows.set_joined(
        db, row, learner_id=actor.learner_id, shows_all=shows_all_courses, now=now
    ):
        raise ConflictError(
            "邀请已有变化，请刷新后再看。", code="invitation_changed", remedy="请刷新页面"
        )
    db.refresh(row)
    take_proven_name(db, vault, row, employer=organisation.name, now=now)
    audit.record(
        db, "staff.joined", now=now, actor_id=actor.learner_id, subject_id=row.id, org_id=org_id
    )
    name = organisation.name
    inbox.notify(db, actor.learner_id, NoticeKind.JOINED_EMPLOYER, now=now, employer=name)
    begin_waiting(db, row, employer=name, now=now)


def take_proven_name(
    db: Session, vault: Vault, row: StaffMember, *, employer: str, now: dt.datetime
) -> None:
    """Call who has joined by the proven name; both sides are told where the roster had another.

    On the organisation's, whoever keeps the roster now.
    """
    if row.learner_id is None or not roster.take_proven(
        db, vault, row.roster_id, person_id=row.learner_id, now=now
    ):
        return
    inbox.notify(db, row.learner_id, NoticeKind.OWN_NAME_TAKEN, now=now, employer=employer)
    # Who named the person may not act for the organisation any more.
    for keeper in holders_of(db, row.org_id, Power.KEEP_STAFF):
        inbox.notify(db, keeper, NoticeKind.STAFF_NAME_TAKEN, now=now, employer=employer)


def leave_employer(
    db: Session, vault: Vault, actor: Actor, org_id: str, *, now: dt.datetime
) -> None:
    """Leave an employer and its classes, or turn an invitation down. Raises NotFoundError."""
    organisation_rows.lock_organisation(db, org_id)
    row = staff_rows.get_staff_by_learner(db, org_id, actor.learner_id)
    if row is None or row.state != StaffState.JOINED:
        row = next((r for r in _invitations(db, vault, actor) if r.org_id == org_id), None)
    if row is None:
        raise NotFoundError("您没有加入这个单位。", remedy="请刷新后再看")
    class_members.leave_roster(db, org_id, actor.learner_id, actor, by_employer=False, now=now)
    leave(db, row, now=now)
    standings.refresh(db, [row])
    audit.record(
        db, "staff.left", now=now, actor_id=actor.learner_id, subject_id=row.id, org_id=org_id
    )
