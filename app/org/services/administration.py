"""The system administrator's work: entering organisations, and who acts for them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit, outbox
from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.listing import FROM_START, Asked, Piece, as_piece
from app.identity.rules.actors import Actor
from app.identity.services import administrators, company_sign_ins, people, roles
from app.identity.services.company_sign_ins import SettingView, Wanted
from app.identity.services.people import PersonView
from app.org.repository import assignment_rules as rule_rows
from app.org.repository import classes as class_rows
from app.org.repository import imports as import_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules.duties import Duty
from app.org.rules.imports import ImportState
from app.org.services import assigning, class_queue, course_entry, import_undoing, organisations
from app.org.services.class_studies import BEGIN
from app.org.services.import_writing import WRITE
from app.org.services.organisations import ROLE_OF, OrganisationView

_LEFT_LYING = {ImportState.WRITING: WRITE, ImportState.UNDOING: import_undoing.TAKE_BACK}
"""What goes on with an import once its organisation is restored."""


@dataclass(frozen=True, slots=True)
class OrganisationFile:
    """An organisation and those who act for it, masked."""

    organisation: OrganisationView
    agents: tuple[PersonView, ...]
    company_sign_in: SettingView | None


def list_organisations(
    db: Session, query: str, asked: Asked = FROM_START
) -> Piece[OrganisationView]:
    """Return organisations whose name or code holds a text. Raises InvalidError."""
    found = organisation_rows.find_organisations(db, query.strip(), asked)
    return as_piece([organisations.view_of(row) for row in found.items], found)


def organisation_file(db: Session, vault: Vault, org_id: str) -> OrganisationFile:
    """Return one organisation. Raises NotFoundError."""
    view = _organisation(db, org_id)
    agents = people.views(db, vault, roles.holders_in(db, org_id))
    return OrganisationFile(
        view, tuple(agents[each] for each in sorted(agents)), company_sign_ins.view(db, org_id)
    )


def _organisation(db: Session, org_id: str) -> OrganisationView:
    row = organisation_rows.get_organisation(db, org_id)
    if row is None:
        raise NotFoundError("没有这个单位。", remedy="请回到单位列表")
    return organisations.view_of(row)


def add_agent(
    db: Session, vault: Vault, org_id: str, phone: str, *, actor: Actor, now: dt.datetime
) -> None:
    """Let the person of a phone number act for an organisation.

    Raises NotFoundError for an unknown phone or organisation, ForbiddenError for one's own
    account, ConflictError where the person does so already or has no proven name.
    """
    view = _organisation(db, org_id)
    person_id = administrators.find(db, vault, phone)
    _check_other(actor, person_id)
    if org_id in roles.org_ids_of(db, person_id):
        raise ConflictError("这个人已经是这个单位的经办人。", field="/phone", remedy="请核对手机号")
    roles.grant(
        db, learner_id=person_id, role=ROLE_OF[view.kind], org_id=org_id, region_code=None,
        now=now, actor_id=actor.account_id, duty=Duty.OWNER,
    )  # fmt: skip
    audit.record(
        db, "org.member_added", now=now, actor_id=actor.account_id, subject_id=org_id,
        learner_id=person_id, role=ROLE_OF[view.kind],
    )  # fmt: skip


def remove_agent(
    db: Session, org_id: str, person_id: str, *, actor: Actor, now: dt.datetime
) -> None:
    """Let a person act for an organisation no more. Raises NotFoundError, ForbiddenError."""
    view = _organisation(db, org_id)
    _check_other(actor, person_id)
    roles.revoke(
        db, learner_id=person_id, role=ROLE_OF[view.kind], org_id=org_id, now=now,
        actor_id=actor.account_id,
    )  # fmt: skip


def set_suspended(
    db: Session, org_id: str, *, reason: str | None, actor: Actor, now: dt.datetime
) -> None:
    """Suspend an organisation for a reason, or with None let it go on; done twice it is the same.

    Its people can look at everything and change nothing; what was learnt and issued stays. Its
    courses let nobody new in.
    Raises NotFoundError, ForbiddenError for who acts for it.
    """
    row = organisation_rows.lock_organisation(db, org_id)
    if row is None:
        raise NotFoundError("没有这个单位。", remedy="请回到单位列表")
    _check_not_own(db, org_id, actor)
    row.suspended_at, row.suspend_reason = (now, reason.strip()) if reason else (None, None)
    if reason:
        audit.record(
            db, "org.suspended", now=now, actor_id=actor.account_id, subject_id=org_id,
            reason=row.suspend_reason,
        )  # fmt: skip
        course_entry.stop(db, org_id, now=now)
    else:
        audit.record(db, "org.restored", now=now, actor_id=actor.account_id, subject_id=org_id)
        db.flush()
        _go_on(db, org_id, now)
    db.flush()


def _go_on(db: Session, org_id: str, now: dt.datetime) -> None:
    """Let the worker take up what it let lie while the organisation was suspended."""
    course_entry.restore(db, org_id, now=now)
    row = import_rows.unfinished(db, org_id)
    job = _LEFT_LYING.get(ImportState(row.state)) if row is not None else None
    if row is not None and job is not None:
        outbox.enqueue(db, job, now=now, key=f"{job}:{row.id}", import_id=row.id)
    for rule_id in rule_rows.half_withdrawn(db, org_id):
        outbox.enqueue(
            db, assigning.TAKE_BACK, now=now, key=f"{assigning.TAKE_BACK}:{rule_id}",
            rule_id=rule_id,
        )  # fmt: skip
    for class_id in class_rows.ids_running(db, org_id):
        held = class_rows.lock_class(db, class_id)
        if held is not None:
            class_queue.move_up(db, held, now=now)
        outbox.enqueue(db, BEGIN, now=now, key=f"{BEGIN}:{class_id}", class_id=class_id)


def set_company_sign_in(
    db: Session, vault: Vault, org_id: str, wanted: Wanted, *, may_be_plain: bool, actor: Actor,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Set an organisation's own sign-in. Raises as `company_sign_ins.put`, and NotFoundError.

    ForbiddenError for who acts for the organisation: nobody decides alone who vouches for whom.
    """
    _organisation(db, org_id)
    _check_not_own(db, org_id, actor)
    company_sign_ins.put(
        db, vault, org_id, wanted, may_be_plain=may_be_plain, actor_id=actor.account_id, now=now
    )


def switch_company_sign_in(
    db: Session, org_id: str, *, is_on: bool, actor: Actor, now: dt.datetime
) -> None:
    """Switch an organisation's own sign-in. Raises as `set_company_sign_in`."""
    _check_not_own(db, org_id, actor)
    company_sign_ins.switch(db, org_id, is_on=is_on, actor_id=actor.account_id, now=now)


def _check_not_own(db: Session, org_id: str, actor: Actor) -> None:
    if org_id in roles.org_ids_of(db, actor.account_id):
        raise ForbiddenError(
            "您是这个单位的经办人，不能由您设置。", code="own_organisation",
            remedy="请由另一位系统管理员办理",
        )  # fmt: skip


def _check_other(actor: Actor, person_id: str) -> None:
    if actor.account_id == person_id:
        raise ForbiddenError(
            "不能给自己增减角色。", code="own_account", remedy="请由另一位系统管理员办理"
        )
