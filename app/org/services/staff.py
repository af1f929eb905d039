"""An employer's staff: adding people, correcting what was entered, taking them off the list."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.services import inbox, roster
from app.identity.services.inbox import NoticeKind
from app.org.models.staff import StaffMember
from app.org.repository import assignments as assignment_rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.repository import stated_certificates as stated_rows
from app.org.repository import tags as tag_rows
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services import class_members, places, standings
from app.org.services.organisations import OrganisationView, acting_for
from app.org.services.staff_views import StaffView, own_staff, views


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    """A person as the employer enters them."""

    name: str
    document_number: str
    unit: str
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A line as a form showed it; None for what it does not say."""

    name: str | None = None
    unit: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A roster line put right; an empty document number leaves the one that was entered.

    `seen` is what stood there when the form was opened: only what differs from it is written.
    """

    name: str
    document_number: str
    unit: str
    position: str
    seen: Seen | None = None


def add_staff(
    db: Session, vault: Vault, actor: Actor, new: NewStaff, *, org_id: str | None, now: dt.datetime
) -> StaffView:
    """Put a person on the roster; whether they have an account here is told to nobody.

    Raises InvalidError that names the field, ConflictError for who stands there already.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF, org_id)
    organisation_rows.lock_organisation(db, organisation.org_id)
    roster.read_name(new.name)
    number = roster.read_number(new.document_number, now=now)
    _check_absent(db, vault, organisation.org_id, number)
    roster_id = roster.invite(
        db, vault, org_id=organisation.org_id, name=new.name, document_number=number, now=now
    )
    row = staff_rows.get_staff_by_roster(db, organisation.org_id, roster_id)
    row = (
        _renew(db, row) if row is not None else _add(db, organisation.org_id, roster_id, actor, now)
    )
    row.invited_at = now
    places.put(db, row, unit=new.unit, position=new.position, now=now)
    standings.refresh(db, [row])
    audit.record(
        db, "staff.invited", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
    _invite(db, row, organisation, now)
    return views(db, vault, [row])[0]


def _check_absent(db: Session, vault: Vault, org_id: str, number: str) -> None:
    roster_id = roster.entry_of(db, vault, org_id=org_id, document_number=number)
    row = staff_rows.get_staff_by_roster(db, org_id, roster_id) if roster_id else None
    if row is not None and row.state != StaffState.LEFT:
        raise ConflictError(
            "这位员工已经在名单里。", code="already_on_roster", field="/document_number",
            remedy="请在员工名单中查看",
        )  # fmt: skip


def _renew(db: Session, row: StaffMember) -> StaffMember:
    """Who left and comes again is asked again, and begins without tags."""
    tag_rows.drop_tags_of(db, [row.id])
    row.state, row.learner_id, row.joined_at, row.left_at = StaffState.INVITED, None, None, None
    row.shows_all_courses = False
    row.changes += 1
    return row


def _add(db: Session, org_id: str, roster_id: str, actor: Actor, now: dt.datetime) -> StaffMember:
    row = StaffMember(
        id=new_id(now), org_id=org_id, roster_id=roster_id, state=StaffState.INVITED, unit="",
        position="", shows_all_courses=False, invited_by=actor.learner_id, invited_at=now,
        changes=0,
    )  # fmt: skip
    db.add(row)
    return row


def _invite(
    db: Session, row: StaffMember, organisation: OrganisationView, now: dt.datetime
) -> None:
    """Ask the person that the line means, if they are known: only they can say yes."""
    learner_id = roster.learner_of(db, row.roster_id)
    if learner_id is not None:
        inbox.notify(db, learner_id, NoticeKind.INVITED, now=now, employer=organisation.name)


def tell_invited(db: Session, vault: Vault, learner_id: str, *, now: dt.datetime) -> None:
    """Tell who has just proved their name which employers had named them before that.

    Where they belong already, after a name that was withdrawn, they are called by the new one.
    """
    for joined in staff_rows.list_staff_of_learner(db, learner_id):
        roster.take_proven(db, vault, joined.roster_id, person_id=learner_id, now=now)
    roster_ids = roster.match_after_verification(db, vault, learner_id=learner_id)
    rows = staff_rows.list_staff_by_roster(db, roster_ids)
    for organisation in organisation_rows.list_organisations(db, [row.org_id for row in rows]):
        inbox.notify(db, learner_id, NoticeKind.INVITED, now=now, employer=organisation.name)


def correct_staff(
    db: Session, vault: Vault, actor: Actor, staff_id: str, given: Correction,
    *, org_id: str | None = None, now: dt.datetime,
) -> StaffView:  # fmt: skip
    """Put a line of the roster right; another number asks the person that it means.

    Once the person has said yes, name and number are their own and stay. Raises NotFoundError,
    InvalidError that names the field, ConflictError.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF, org_id)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_staff(db, organisation.org_id, staff_id)
    stands, seen = views(db, vault, [row])[0], given.seen or Seen()
    unit = _merged("/unit", "部门", given.unit, seen.unit, stands.unit)
    position = _merged("/position", "岗位", given.position, seen.position, stands.position)
    name = roster.read_name(_merged("/name", "姓名", given.name, seen.name, stands.name))
    places.put(db, row, unit=unit, position=position, now=now)
    row.changes += 1
    is_other = bool(given.document_number.strip())
    if row.state == StaffState.JOINED:
        _check_own(db, vault, row, name, is_other=is_other, now=now)
    else:
        _rewrite(db, vault, row, name, given.document_number if is_other else None, now)
    standings.refresh(db, [row])
    audit.record(
        db, "staff.corrected", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
    if is_other:
        _invite(db, row, organisation, now)
    return views(db, vault, [row])[0]


def _merged(field: str, what: str, given: str, seen: str | None, stands: str) -> str:
    """What is to be written of two hands' changes: one's own, or what the other wrote.

    `seen` is what stood there when the form was opened, None where that is not known. Raises
    ConflictError where both changed it, each to something else.
    """
    if seen is None or stands in (seen, given.strip()):
        return given
    if given.strip() == seen:
        return stands
    raise ConflictError(
        f"您打开这一页以后，{what}已经改成“{stands}”。" if stands
        else f"您打开这一页以后，{what}已经清空。",
        code="changed_meanwhile", field=field,
        remedy="请先核对哪一个对。要用您填的，请刷新页面后再填一次",
    )  # fmt: skip


def _check_own(
    db: Session, vault: Vault, row: StaffMember, name: str, *, is_other: bool, now: dt.datetime
) -> None:
    """Of who has joined the name is the proven one; a line from before that was so takes it now."""
    entered = views(db, vault, [row])[0].name
    if row.learner_id is not None:
        roster.take_proven(db, vault, row.roster_id, person_id=row.learner_id, now=now)
    if is_other or name not in (entered, views(db, vault, [row])[0].name):
        raise ConflictError(
            "本人已经确认加入，姓名和证件号码以本人实名为准，不能再改。", code="joined",
            field="/document_number" if is_other else "/name",
            remedy="登记的不是这个人时，请移出名单后重新加入",
        )  # fmt: skip


def _rewrite(
    db: Session, vault: Vault, row: StaffMember, name: str, number: str | None, now: dt.datetime
) -> None:
    if number is not None:
        spelled = roster.read_number(number, now=now)
        known = roster.entry_of(db, vault, org_id=row.org_id, document_number=spelled)
        if known not in (None, row.roster_id):
            raise ConflictError(
                "名单里已经登记过这个证件号码。", code="already_on_roster",
                field="/document_number", remedy="请把这一行移出名单，再用“加一位员工”加入",
            )  # fmt: skip
        if known is None and assignment_rows.has_begun(db, row.id):
            raise ConflictError(
                "这一行的人加入过单位，学过指派的课程，证件号码不能再改成别人的。",
                code="has_study", field="/document_number",
                remedy="登记的不是这个人时，请移出名单，再用“加一位员工”加入另一个人",
            )  # fmt: skip
    roster.correct(db, vault, row.roster_id, name=name, document_number=number, now=now)


def remove_staff(
    db: Session, actor: Actor, staff_id: str, *, org_id: str | None = None, now: dt.datetime
) -> None:
    """Take a person off the roster, and out of classes; hours and courses stay their own.

    Who had joined is told. Raises NotFoundError.
    """
    organisation = acting_for(db, actor, Power.KEEP_STAFF, org_id)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_staff(db, organisation.org_id, staff_id)
    learner_id = row.learner_id
    if learner_id is not None:
        class_members.leave_roster(
            db, organisation.org_id, learner_id, actor, by_employer=True, now=now
        )
    leave(db, row, now=now)
    standings.refresh(db, [row])
    audit.record(
        db, "staff.removed", now=now, actor_id=actor.learner_id, subject_id=row.id,
        org_id=organisation.org_id,
    )  # fmt: skip
    if learner_id is not None:
        inbox.notify(
            db, learner_id, NoticeKind.REMOVED_BY_EMPLOYER, now=now, employer=organisation.name
        )


def empty(db: Session, row: StaffMember) -> None:
    """Leave nothing on a line of where in the organisation its person stood."""
    row.unit = row.position = ""
    row.unit_id = row.position_id = None
    tag_rows.drop_tags_of(db, [row.id])


def leave(db: Session, row: StaffMember, *, now: dt.datetime) -> None:
    """End a membership, and let what was stated of the person's certificates go with it."""
    stated_rows.drop_of(db, [row.id])
    end_membership(row, now=now)


def end_membership(row: StaffMember, *, now: dt.datetime) -> None:
    """Take a line off the list; of who never joined no certificate was stated."""
    row.state, row.left_at, row.learner_id = StaffState.LEFT, now, None
    row.changes += 1
    row.offered_duty = row.offered_at = None
