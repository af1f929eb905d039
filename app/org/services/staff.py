"""An employer's staff: adding people, the list, and taking them off it."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.services import inbox, people, roster
from app.identity.services.inbox import NoticeKind
from app.org import repository
from app.org.models import StaffMember
from app.org.rules.organisations import STAFF_STATE_NAMES, StaffState
from app.org.services.organisations import acting_for
from app.org.services.paging import Page, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    """A person as the employer enters them."""

    name: str
    document_number: str
    unit: str
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView:
    staff_id: str
    masked_name: str
    masked_number: str
    unit: str
    position: str
    state: StaffState
    state_name: str
    invited_at: dt.datetime
    joined_at: dt.datetime | None


def add_staff(
    db: Session, vault: Vault, actor: Actor, new: NewStaff, *, org_id: str | None, now: dt.datetime
) -> StaffView:
    """Put a person on the roster; whether they have an account here is told to nobody."""
    organisation = acting_for(db, actor, org_id)
    repository.lock_organisation(db, organisation.org_id)
    roster_id = roster.invite(
        db, vault, org_id=organisation.org_id, name=new.name,
        document_number=new.document_number, now=now,
    )  # fmt: skip
    row = repository.get_staff_by_roster(db, organisation.org_id, roster_id)
    if row is not None and row.state != StaffState.LEFT:
        raise ConflictError(
            "这位员工已经在名单里。", code="already_on_roster", field="/document_number",
            remedy="请在员工名单中查看",
        )  # fmt: skip
    row = _renew(row) if row is not None else _add(db, organisation.org_id, roster_id, actor, now)
    row.unit, row.position, row.invited_at = new.unit.strip(), new.position.strip(), now
    db.flush()
    audit.record(
        db, "staff.invited", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
    _tell(db, vault, new, organisation.name, now)
    return _views(db, vault, [row])[0]


def _renew(row: StaffMember) -> StaffMember:
    """Who left and comes again is asked again."""
    row.state, row.learner_id, row.joined_at, row.left_at = StaffState.INVITED, None, None, None
    row.shows_all_courses = False
    return row


def _add(db: Session, org_id: str, roster_id: str, actor: Actor, now: dt.datetime) -> StaffMember:
    row = StaffMember(
        id=new_id(now), org_id=org_id, roster_id=roster_id, state=StaffState.INVITED, unit="",
        position="", shows_all_courses=False, invited_by=actor.learner_id, invited_at=now,
    )  # fmt: skip
    db.add(row)
    return row


def _tell(db: Session, vault: Vault, new: NewStaff, employer: str, now: dt.datetime) -> None:
    learner_id = people.find_by_document(db, vault, new.document_number)
    if learner_id is not None:
        inbox.notify(
            db, learner_id, NoticeKind.JOINED_EMPLOYER, now=now, employer=employer, step="invited"
        )


def list_staff(
    db: Session,
    vault: Vault,
    actor: Actor,
    *,
    org_id: str | None = None,
    query: str = "",
    page: int = 1,
) -> Page[StaffView]:
    """List the roster; `query` is looked for in names, units and positions."""
    organisation = acting_for(db, actor, org_id)
    found = _views(db, vault, repository.list_staff(db, organisation.org_id))
    sought = query.strip()
    if sought:
        found = [v for v in found if sought in f"{v.masked_name}\n{v.unit}\n{v.position}"]
    return cut(found, page)


def _views(db: Session, vault: Vault, rows: list[StaffMember]) -> list[StaffView]:
    names = roster.names(db, vault, [row.roster_id for row in rows])
    return [
        StaffView(
            staff_id=row.id,
            masked_name=names[row.roster_id].masked_name,
            masked_number=names[row.roster_id].masked_number,
            unit=row.unit,
            position=row.position,
            state=StaffState(row.state),
            state_name=STAFF_STATE_NAMES[StaffState(row.state)],
            invited_at=row.invited_at,
            joined_at=row.joined_at,
        )
        for row in rows
    ]


def masked_names(db: Session, vault: Vault, rows: list[StaffMember]) -> dict[str, str]:
    """Name staff members for tables, by staff id."""
    names = roster.names(db, vault, [row.roster_id for row in rows])
    return {row.id: names[row.roster_id].masked_name for row in rows}


def own_staff(db: Session, org_id: str, staff_id: str) -> StaffMember:
    """Find one of the organisation's own people; anybody else's is not found."""
    row = repository.get_staff(db, org_id, staff_id)
    if row is None or row.state == StaffState.LEFT:
        raise NotFoundError("名单里没有这位员工。", remedy="请从员工名单重新进入")
    return row


def remove_staff(
    db: Session, actor: Actor, staff_id: str, *, org_id: str | None = None, now: dt.datetime
) -> None:
    """Take a person off the roster; hours and courses stay the person's own."""
    organisation = acting_for(db, actor, org_id)
    row = own_staff(db, organisation.org_id, staff_id)
    end_membership(row, now=now)
    audit.record(
        db, "staff.removed", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip


def end_membership(row: StaffMember, *, now: dt.datetime) -> None:
    row.state, row.left_at, row.learner_id = StaffState.LEFT, now, None
