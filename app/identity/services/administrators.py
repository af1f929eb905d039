"""Giving and taking the platform's roles: by a security administrator, the grave ones by two."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.identity.repository import people as rows
from app.identity.rules.actors import Actor, Role
from app.identity.rules.administrators import (
    CHANGE_NAMES,
    GRANTED,
    LOCKOUT_NAMES,
    ROLE_NAMES,
    SECURITY_ADMINS_NEEDED,
    Change,
    Lockout,
    is_regional,
    is_watched,
    needs_second,
)
from app.identity.services import case_decisions, cases, people, roles, second_factors, sign_ins
from app.identity.services.cases import CaseKind, CaseState, CaseView, Decision
from app.identity.services.people import PersonView
from app.identity.services.roles import GrantView


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """What is wanted: a role given to a person or taken; `region_code` for a regulator's."""

    person_id: str
    change: Change
    role: Role
    region_code: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class StaffFile:
    """A person as the security administrator sees them: masked, with roles and ways to sign in."""

    person: PersonView
    grants: tuple[GrantView, ...]
    has_second_factor: bool
    sign_in_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChange:
    """A change that waits for another person; names are the proposer's and a masked one."""

    case_id: str
    person_id: str
    masked_name: str
    says: str
    reason: str
    by: str
    by_name: str
    at: dt.datetime


def find(db: Session, vault: Vault, phone: str) -> str:
    """Return the account of a phone number. Raises NotFoundError."""
    found = people.find_by_phone(db, vault, phone)
    if found is None:
        raise NotFoundError(
            "这个手机号还没有账号。", field="/phone", remedy="请本人先用手机号登录一次"
        )
    return found


def staff_file(db: Session, vault: Vault, person_id: str, *, now: dt.datetime) -> StaffFile:
    """What the security administrator decides on. Raises NotFoundError."""
    view = people.views(db, vault, [person_id]).get(person_id)
    if view is None:
        raise NotFoundError("没有这个人。", remedy="请按手机号重新查找")
    return StaffFile(
        view, roles.grants_of(db, person_id), second_factors.view(db, person_id).is_enrolled,
        len(sign_ins.list_open(db, person_id, this_id="", now=now)),
    )  # fmt: skip


def check_other(actor: Actor, person_id: str) -> None:
    """Nobody changes what they themselves may do. Raises ForbiddenError."""
    if actor.account_id == person_id:
        raise ForbiddenError(
            "不能处理自己的账号。", code="own_account", remedy="请由另一位安全管理员办理"
        )


def change(db: Session, wanted: RoleChange, *, actor: Actor, now: dt.datetime) -> str | None:
    """Give or take a role; an administrator's, and making a reviewer, is only proposed by this.

    Returns the case in which another person confirms, None where the change stands.
    Raises ForbiddenError for one's own account, NotFoundError, InvalidError for a role that is not
    given here or lacks its region, ConflictError where it cannot be, or waits already.
    """
    check_other(actor, wanted.person_id)
    _check(db, wanted)
    if not needs_second(wanted.change, wanted.role):
        _carry_out(db, wanted, actor_id=actor.account_id, now=now)
        return None
    return _propose(
        db, wanted.person_id, wanted.reason, actor=actor, now=now, change=wanted.change.value,
        role=wanted.role.value,
    )  # fmt: skip


def _propose(
    db: Session, person_id: str, reason: str, *, actor: Actor, now: dt.datetime, **facts: str
) -> str:
    """Leave to another person what concerns an administrator; returns the case."""
    if any(case.learner_id == person_id for case in _open_changes(db)):
        raise ConflictError(
            "这个人已有一项变更在等确认。", code="proposed", remedy="请先确认或退回那一项"
        )
    case_id = cases.open_case(
        db, kind=CaseKind.ROLE_CHANGE, learner_id=person_id, now=now, **facts
    )  # fmt: skip
    case_decisions.decide(
        db, case_id, decision=Decision.APPROVE, reason=reason, actor=actor, now=now
    )
    return case_id


def _check(db: Session, wanted: RoleChange) -> None:
    """Locks the person, so that two confirmations at once do not give two of the three."""
    if rows.lock(db, wanted.person_id) is None:
        raise NotFoundError("没有这个人。", remedy="请按手机号重新查找")
    if wanted.role not in GRANTED:
        raise InvalidError("这个角色不在这里授予。", field="/role", remedy="请选列出的角色")
    if not wanted.reason.strip():
        raise InvalidError("请写明理由，会留在审计记录里。", field="/reason")
    held = roles.roles_of(db, wanted.person_id)
    is_held = wanted.role in held
    if is_held is (wanted.change is Change.GRANT):
        state = "已有" if is_held else "没有"
        raise ConflictError(f"这个人{state}这个角色。", remedy="请刷新页面")
    if wanted.change is Change.GRANT:
        _check_grant(db, wanted, held)


def _check_grant(db: Session, wanted: RoleChange, held: frozenset[Role]) -> None:
    roles.check_named(db, wanted.person_id)
    if is_regional(wanted.role) and not wanted.region_code:
        raise InvalidError("请写明主管部门所在地区的代码。", field="/region_code")
    roles.check_separate(held, wanted.role)


def _carry_out(db: Session, wanted: RoleChange, *, actor_id: str, now: dt.datetime) -> None:
    if wanted.change is Change.REVOKE:
        roles.revoke(
            db, learner_id=wanted.person_id, role=wanted.role, org_id=None, now=now,
            actor_id=actor_id,
        )  # fmt: skip
        return
    region = wanted.region_code if is_regional(wanted.role) else None
    roles.grant(
        db, learner_id=wanted.person_id, role=wanted.role, org_id=None, region_code=region,
        now=now, actor_id=actor_id,
    )  # fmt: skip


def confirm(db: Session, case_id: str, *, actor: Actor, now: dt.datetime) -> str | None:
    """Let a proposed change stand; returns the person who was signed out by it.

    Raises ForbiddenError for who proposed it or whom it is about, NotFoundError, ConflictError
    where it cannot stand any more.
    """
    view = _change_case(db, case_id)
    if view.facts["change"] in set(Lockout):
        case_decisions.confirm(db, case_id, actor=actor, now=now)
        person_id, reason = view.learner_id or "", view.proposal.reason if view.proposal else "-"
        lockout = Lockout(view.facts["change"])
        _lock_out(db, person_id, lockout, reason, actor_id=actor.account_id, now=now)
        return person_id
    wanted = _wanted(view)
    _check(db, wanted)
    case_decisions.confirm(db, case_id, actor=actor, now=now)
    _carry_out(db, wanted, actor_id=actor.account_id, now=now)
    return None


def send_back(db: Session, case_id: str, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Drop a proposed change, one's own or another's. Raises as `cases.send_back` does."""
    _change_case(db, case_id)
    case_decisions.send_back(db, case_id, reason=reason, actor=actor, now=now)
    cases.lapse(db, case_id, reason=reason, actor_id=actor.account_id, now=now)


def _change_case(db: Session, case_id: str) -> CaseView:
    view = cases.get_case(db, case_id)
    if view.kind is not CaseKind.ROLE_CHANGE:
        raise NotFoundError("没有这项变更。", remedy="请回到列表刷新")
    return view


def _wanted(view: CaseView) -> RoleChange:
    return RoleChange(
        person_id=view.learner_id or "", change=Change(view.facts["change"]),
        role=Role(view.facts["role"]), region_code=None,
        reason=view.proposal.reason if view.proposal else "-",
    )  # fmt: skip


def _open_changes(db: Session) -> list[CaseView]:
    found, _ = cases.list_cases(db, states=[CaseState.OPEN], kinds=[CaseKind.ROLE_CHANGE], page=1)
    return found


def waiting(db: Session, vault: Vault) -> tuple[WaitingChange, ...]:
    """The changes that wait for another person, the oldest first."""
    found = [view for view in _open_changes(db) if view.proposal is not None]
    about = people.views(db, vault, sorted({view.learner_id or "" for view in found}))
    names = people.staff_names(db, vault, sorted({v.proposal.by for v in found if v.proposal}))
    return tuple(
        WaitingChange(
            case_id=view.case_id, person_id=view.learner_id or "",
            masked_name=_called(about.get(view.learner_id or "")), says=_says(view),
            reason=view.proposal.reason, by=view.proposal.by,
            by_name=names.get(view.proposal.by, ""), at=view.proposal.at,
        )
        for view in found if view.proposal is not None
    )  # fmt: skip


def _called(person: PersonView | None) -> str:
    return (person.masked_name or person.masked_phone) if person else "—"


def _says(view: CaseView) -> str:
    if view.facts["change"] in set(Lockout):
        return LOCKOUT_NAMES[Lockout(view.facts["change"])]
    return CHANGE_NAMES[Change(view.facts["change"])] + ROLE_NAMES[Role(view.facts["role"])]


def lock_out(
    db: Session, person_id: str, lockout: Lockout, *, reason: str, actor: Actor, now: dt.datetime
) -> str | None:
    """Sign a person out everywhere, or take their second factors away besides.

    Of an administrator it is only proposed by this: one alone could shut out who watches them.
    Returns the case in which another person confirms, None where it is done. Raises
    ForbiddenError for one's own, NotFoundError, ConflictError where a change waits already.
    """
    check_other(actor, person_id)
    if rows.lock(db, person_id) is None:
        raise NotFoundError("没有这个人。", remedy="请按手机号重新查找")
    if is_watched(roles.roles_of(db, person_id)):
        return _propose(db, person_id, reason, actor=actor, now=now, change=lockout.value)
    _lock_out(db, person_id, lockout, reason, actor_id=actor.account_id, now=now)
    return None


def _lock_out(
    db: Session,
    person_id: str,
    lockout: Lockout,
    reason: str,
    *,
    actor_id: str | None,
    now: dt.datetime,
) -> None:
    sign_ins.end_all(db, person_id, actor_id=actor_id, now=now)
    if lockout is Lockout.RESET:
        second_factors.reset(db, person_id, reason=reason, actor_id=actor_id, now=now)


def reset_by_operator(db: Session, person_id: str, *, reason: str, now: dt.datetime) -> None:
    """Let the machine's operator take a lost second factor away where two others cannot.

    Raises ConflictError where two other security administrators can, NotFoundError, InvalidError
    without a reason.
    """
    if not reason.strip():
        raise InvalidError("请写明理由，会留在审计记录里。", field="/reason")
    if rows.lock(db, person_id) is None:
        raise NotFoundError("没有这个人。", remedy="请按手机号重新查找")
    is_one = Role.SECURITY_ADMIN in roles.roles_of(db, person_id)
    others = roles.count_holders(db, Role.SECURITY_ADMIN) - int(is_one)
    if others >= SECURITY_ADMINS_NEEDED:
        raise ConflictError("另有两位安全管理员，请由他们重置。", code="not_first")
    _lock_out(db, person_id, Lockout.RESET, reason, actor_id=None, now=now)


def name_first(db: Session, person_id: str, role: Role, *, now: dt.datetime) -> None:
    """Let the machine's operator name an administrator, until two security ones watch each other.

    Raises ConflictError from then on, and where the person has no proven name or is another
    administrator.
    """
    if roles.count_holders(db, Role.SECURITY_ADMIN) >= SECURITY_ADMINS_NEEDED:
        raise ConflictError("已有两位安全管理员，请由他们授予角色。", code="not_first")
    roles.grant(db, learner_id=person_id, role=role, org_id=None, region_code=None, now=now)
    audit.record(db, "role.named_by_operator", now=now, actor_id=None, subject_id=person_id)
