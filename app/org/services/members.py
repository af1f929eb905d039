"""Who acts for an organisation and as what: offered by an owner, taken on by the person alone."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.services import inbox, people, roles
from app.identity.services.inbox import NoticeKind
from app.org.models.staff import StaffMember
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.rules.duties import DUTY_NAMES, POWER_NAMES, Duty, Power, duties_in, is_last_owner, may
from app.org.rules.duties import powers_of as powers_of_duty
from app.org.rules.organisations import OrganisationKind, StaffState
from app.org.services.organisations import ROLE_OF, OrganisationView, acting_for, duty_in, view_of
from app.org.services.staff_views import names_of, own_staff


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """Somebody who acts for the organisation, by their proven name."""

    person_id: str
    name: str
    masked_phone: str
    duty: Duty
    duty_name: str
    is_self: bool
    is_last_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """What waits for somebody's yes."""

    staff_id: str
    name: str
    duty_name: str
    offered_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """A duty that can be given here, and what it comes with, in words."""

    duty: Duty
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class MembersView:
    organisation: OrganisationView
    members: tuple[MemberView, ...]
    offers: tuple[OfferView, ...]
    duties: tuple[DutyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOffice:
    """What an organisation asks a person to be, or what they are there."""

    org_id: str
    name: str
    duty_name: str
    is_offer: bool


@dataclass(frozen=True, slots=True)
class HeldDuty:
    """What somebody on the roster is here besides; `may_end`: the caller can end it now."""

    person_id: str
    duty: Duty
    may_end: bool
    is_last_owner: bool


def list_members(db: Session, vault: Vault, actor: Actor) -> MembersView:
    """Everybody who acts for the caller's organisation, and whom it has asked to."""
    organisation = acting_for(db, actor, Power.SEE_STAFF)
    duties = _duties(db, organisation.org_id)
    views = people.views(db, vault, sorted(duties))
    names = people.staff_names(db, vault, sorted(duties))
    offered = staff_rows.list_offered(db, organisation.org_id)
    called = names_of(db, vault, offered)
    return MembersView(
        organisation,
        tuple(
            MemberView(
                person_id=each, name=names[each] or views[each].masked_phone,
                masked_phone=views[each].masked_phone, duty=duty, duty_name=DUTY_NAMES[duty],
                is_self=each == actor.account_id, is_last_owner=is_last_owner(duties, each),
            )
            for each, duty in duties.items()
        ),
        tuple(_offer(row, called) for row in offered),
        tuple(
            DutyView(
                duty=duty, name=DUTY_NAMES[duty],
                says="、".join(POWER_NAMES[power] for power in powers_of_duty(duty)),
            )
            for duty in duties_in(organisation.kind)
        ),
    )  # fmt: skip


def _offer(row: StaffMember, called: dict[str, str]) -> OfferView:
    return OfferView(
        staff_id=row.id, name=called[row.id], duty_name=DUTY_NAMES[Duty(row.offered_duty or "")],
        offered_at=row.offered_at or row.invited_at,
    )  # fmt: skip


def _duties(db: Session, org_id: str) -> dict[str, Duty]:
    """What everybody is; where nothing says so, the least, as for a caller."""
    found = roles.duties_in(db, org_id)
    return {person_id: Duty(duty) if duty else Duty.VIEWER for person_id, duty in found.items()}


def _wanted(duty: str, kind: OrganisationKind) -> Duty:
    if duty not in set(duties_in(kind)):
        raise InvalidError("没有这种职责。", field="/duty", remedy="请从列表里选一种")
    return Duty(duty)


def offer(db: Session, actor: Actor, staff_id: str, duty: str, *, now: dt.datetime) -> None:
    """Ask somebody on the roster to act for the organisation; asking again changes the duty.

    Raises NotFoundError for whoever is not on the roster, ConflictError before they have joined and
    for who acts already, InvalidError for /duty.
    """
    organisation = acting_for(db, actor, Power.NAME_MEMBERS)
    wanted = _wanted(duty, organisation.kind)
    organisation_rows.lock_organisation(db, organisation.org_id)
    row = own_staff(db, organisation.org_id, staff_id)
    if row.state != StaffState.JOINED or row.learner_id is None:
        raise ConflictError(
            "本人还没有确认加入单位，不能担任职责。", code="not_joined", field="/staff_id",
            remedy="请先提醒本人登录后在“我的”里确认加入",
        )  # fmt: skip
    if row.learner_id in roles.duties_in(db, organisation.org_id):
        raise ConflictError(
            "这个人已经是本单位的经办人。", code="member", field="/staff_id",
            remedy="要改职责，请在上面的名单里改",
        )  # fmt: skip
    row.offered_duty, row.offered_at = wanted.value, now
    db.flush()
    audit.record(
        db, "org.duty_offered", now=now, actor_id=actor.account_id,
        subject_id=organisation.org_id, learner_id=row.learner_id, duty=wanted.value,
    )  # fmt: skip
    inbox.notify(
        db, row.learner_id, NoticeKind.OFFICE_OFFERED, now=now, employer=organisation.name,
        duty=DUTY_NAMES[wanted],
    )  # fmt: skip


def take_offer_back(db: Session, actor: Actor, staff_id: str, *, now: dt.datetime) -> None:
    """Ask no more. Raises NotFoundError where nobody waits for this person's answer."""
    organisation = acting_for(db, actor, Power.NAME_MEMBERS)
    row = own_staff(db, organisation.org_id, staff_id)
    if row.offered_duty is None:
        raise NotFoundError("没有等本人答复的邀请。", remedy="请刷新页面")
    row.offered_duty = row.offered_at = None
    audit.record(
        db, "org.duty_offered", now=now, actor_id=actor.account_id,
        subject_id=organisation.org_id, learner_id=row.learner_id, duty=None,
    )  # fmt: skip


def change_duty(
    db: Session, actor: Actor, person_id: str, duty: str, *, now: dt.datetime
) -> None:  # fmt: skip
    """Let somebody be something else. Raises NotFoundError, InvalidError, ConflictError."""
    organisation = acting_for(db, actor, Power.NAME_MEMBERS)
    wanted = _wanted(duty, organisation.kind)
    organisation_rows.lock_organisation(db, organisation.org_id)
    duties = _duties(db, organisation.org_id)
    if wanted is not Duty.OWNER:
        check_not_last(duties, person_id)
    roles.set_duty(
        db, learner_id=person_id, org_id=organisation.org_id, duty=wanted.value,
        actor_id=actor.account_id, now=now,
    )  # fmt: skip


def check_not_last(duties: dict[str, Duty], person_id: str) -> None:
    """An organisation is never without somebody who answers for it. Raises ConflictError."""
    if is_last_owner(duties, person_id):
        raise ConflictError(
            "这是本单位唯一的负责人。", code="last_owner", remedy="请先让另一个人也担任负责人"
        )


def duty_of_line(db: Session, actor: Actor, staff_id: str) -> HeldDuty | None:
    """What somebody on the roster is inside the organisation, and whether the caller may end it.

    Raises NotFoundError.
    """
    organisation = acting_for(db, actor, Power.SEE_STAFF)
    person_id = own_staff(db, organisation.org_id, staff_id).learner_id
    duties = _duties(db, organisation.org_id)
    if person_id is None or person_id not in duties:
        return None
    is_last = is_last_owner(duties, person_id)
    may_end = not is_last and may(duty_in(actor, organisation.org_id), Power.NAME_MEMBERS)
    return HeldDuty(person_id, duties[person_id], may_end=may_end, is_last_owner=is_last)


def remove_member(db: Session, actor: Actor, person_id: str, *, now: dt.datetime) -> None:
    """Let somebody act for the organisation no more; counts from their next request on.

    Raises NotFoundError, ConflictError for the last owner.
    """
    organisation = acting_for(db, actor, Power.NAME_MEMBERS)
    end(db, organisation, person_id, actor_id=actor.account_id, now=now)


def end(
    db: Session, organisation: OrganisationView, person_id: str, *, actor_id: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    """End what somebody is inside an organisation. Raises NotFoundError, ConflictError."""
    organisation_rows.lock_organisation(db, organisation.org_id)
    check_not_last(_duties(db, organisation.org_id), person_id)
    roles.revoke(
        db, learner_id=person_id, role=ROLE_OF[organisation.kind], org_id=organisation.org_id,
        now=now, actor_id=actor_id,
    )  # fmt: skip
    audit.record(
        db, "org.member_removed", now=now, actor_id=actor_id, subject_id=organisation.org_id,
        learner_id=person_id,
    )  # fmt: skip
    if actor_id != person_id:
        inbox.notify(db, person_id, NoticeKind.OFFICE_ENDED, now=now, employer=organisation.name)


def own_offices(db: Session, actor: Actor) -> list[OwnOffice]:
    """What the caller is asked to be, and what they are, in each organisation."""
    asked = {
        row.org_id: row.offered_duty
        for row in staff_rows.list_staff_of_learner(db, actor.learner_id)
        if row.offered_duty is not None
    }
    held = dict(roles.duties_of(db, actor.account_id))
    found = organisation_rows.list_organisations(db, sorted({*asked, *held}))
    return [
        OwnOffice(
            org_id=row.id,
            name=row.name,
            is_offer=row.id not in held,
            duty_name=DUTY_NAMES[Duty(held.get(row.id) or asked.get(row.id) or Duty.VIEWER)],
        )
        for row in found
    ]


def accept(db: Session, actor: Actor, org_id: str, *, now: dt.datetime) -> None:
    """Take on what an organisation asked for.

    Raises NotFoundError where it does not ask, ConflictError for an administrator, or suspended.
    """
    organisation = organisation_rows.lock_organisation(db, org_id)
    row = staff_rows.get_staff_by_learner(db, org_id, actor.learner_id)
    if organisation is None or row is None or row.offered_duty is None:
        raise NotFoundError("没有等您答复的邀请。", remedy="请刷新页面")
    if organisation.suspended_at is not None:
        raise ConflictError(
            "这个单位暂停使用，现在不能担任职责。", code="org_suspended",
            remedy="邀请还在，单位恢复以后再答复",
        )  # fmt: skip
    kind, duty = OrganisationKind(organisation.kind), Duty(row.offered_duty)
    roles.grant(
        db, learner_id=actor.account_id, role=ROLE_OF[kind], org_id=org_id, region_code=None,
        now=now, actor_id=actor.account_id, duty=duty.value,
    )  # fmt: skip
    row.offered_duty = row.offered_at = None
    audit.record(
        db, "org.member_added", now=now, actor_id=actor.account_id, subject_id=org_id,
        learner_id=actor.account_id, role=ROLE_OF[kind], duty=duty.value,
    )  # fmt: skip


def decline(db: Session, actor: Actor, org_id: str, *, now: dt.datetime) -> None:
    """Turn an offer down, or resign. Raises NotFoundError, ConflictError for the last owner."""
    row = staff_rows.get_staff_by_learner(db, org_id, actor.learner_id)
    if row is not None and row.offered_duty is not None:
        row.offered_duty = row.offered_at = None
        return
    organisation = organisation_rows.get_organisation(db, org_id)
    if organisation is None or org_id not in roles.org_ids_of(db, actor.account_id):
        raise NotFoundError("您不是这个单位的经办人。", remedy="请刷新页面")
    end(db, view_of(organisation), actor.account_id, actor_id=actor.account_id, now=now)
