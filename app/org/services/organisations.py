"""Employers and institutions, and who acts for them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.identity.rules.actors import Actor, Role
from app.identity.services import roles
from app.org.models.organisations import Organisation
from app.org.repository import organisations as organisation_rows
from app.org.rules import uscc as codes
from app.org.rules.duties import POWER_NAMES, Duty, Power, may, powers_of, stays_open
from app.org.rules.organisations import FAVOURED_NAMES, FavouredKind, OrganisationKind

STAFF_ROLES = frozenset({Role.EMPLOYER, Role.INSTITUTION})
ROLE_OF = {
    OrganisationKind.EMPLOYER: Role.EMPLOYER,
    OrganisationKind.INSTITUTION: Role.INSTITUTION,
}
"""Who acts for an organisation holds the role of its kind."""


@dataclass(frozen=True, slots=True)
class OrganisationView:
    org_id: str
    kind: OrganisationKind
    name: str
    uscc: str
    prefecture_code: str
    favoured_name: str | None
    suspend_reason: str | None
    """Why the organisation is suspended; None while it is active."""


def create_organisation(
    db: Session,
    *,
    kind: OrganisationKind,
    name: str,
    uscc: str,
    prefecture_code: str,
    now: dt.datetime,
    actor_id: str | None = None,
    type_code: str | None = None,
) -> str:
    """Enter an employer or an institution under its unified social credit code."""
    code = codes.normalise(uscc)
    if not codes.is_valid(code):
        raise InvalidError(
            "统一社会信用代码的校验位不对。", field="/uscc", code="uscc",
            remedy="请对照营业执照核对 18 位代码",
        )  # fmt: skip
    if organisation_rows.get_organisation_by_uscc(db, code) is not None:
        raise _taken()
    row = Organisation(
        id=new_id(now), kind=OrganisationKind(kind), name=name.strip(), uscc=code,
        prefecture_code=prefecture_code, type_code=type_code, created_at=now,
    )  # fmt: skip
    if not add_first(db, row):
        raise _taken()
    audit.record(db, "org.created", now=now, actor_id=actor_id, subject_id=row.id, kind=row.kind)
    return row.id


def _taken() -> ConflictError:
    return ConflictError(
        "这个统一社会信用代码已经登记。", code="uscc_taken", field="/uscc",
        remedy="请核对代码，或在已登记的单位里查找",
    )  # fmt: skip


def find_by_uscc(db: Session, uscc: str) -> str | None:
    """Return the id of the organisation under a unified social credit code."""
    row = organisation_rows.get_organisation_by_uscc(db, codes.normalise(uscc))
    return row.id if row is not None else None


def find_named(db: Session, text: str) -> str | None:
    """Return the organisation of a full name or a unified social credit code; None for several."""
    row = organisation_rows.get_organisation_by_uscc(db, codes.normalise(text))
    if row is not None:
        return row.id
    found = organisation_rows.organisations_called(db, text.strip())
    return found[0].id if len(found) == 1 else None


def named(db: Session, org_ids: Sequence[str]) -> tuple[OrganisationView, ...]:
    """Return the organisations of some ids, by name."""
    return tuple(view_of(row) for row in organisation_rows.list_organisations(db, org_ids))


def favour(db: Session, *, org_id: str, kind: FavouredKind, now: dt.datetime) -> None:
    """Enter that an enterprise belongs to one of the favoured kinds."""
    row = organisation_rows.get_organisation(db, org_id)
    if row is None:
        raise NotFoundError("没有这个单位。")
    row.favoured_kind = kind
    audit.record(db, "org.favoured", now=now, actor_id=None, subject_id=org_id, kind=kind)


def add_member(
    db: Session,
    *,
    org_id: str,
    learner_id: str,
    role: Role,
    now: dt.datetime,
    duty: Duty = Duty.OWNER,
    actor_id: str | None = None,
) -> None:
    """Let a person act for an organisation; the role itself is kept with the account."""
    if role not in STAFF_ROLES:
        raise InvalidError("单位成员只能是用人单位或培训机构的经办人。", field="/role")
    if organisation_rows.get_organisation(db, org_id) is None:
        raise NotFoundError("没有这个单位。")
    roles.grant(
        db, learner_id=learner_id, role=role, org_id=org_id, region_code=None, duty=duty, now=now,
        actor_id=actor_id,
    )  # fmt: skip
    audit.record(
        db, "org.member_added", now=now, actor_id=actor_id, subject_id=org_id,
        learner_id=learner_id, role=role, duty=duty,
    )  # fmt: skip


def organisation_views(db: Session, org_ids: Sequence[str]) -> list[OrganisationView]:
    """Describe organisations, by name."""
    return [view_of(row) for row in organisation_rows.list_organisations(db, org_ids)]


def acting_for(
    db: Session, actor: Actor, power: Power, org_id: str | None = None, *, looks: bool = False
) -> OrganisationView:
    """Find the organisation that the caller works for now, to do something there.

    Another's is not found. Who works for several names the one that is meant. Raises
    ForbiddenError where the caller's duty does not come with the power, ConflictError where the
    organisation is suspended. With `looks` it need not go on: the caller changes nothing and
    writes at most that something was taken out, or ends what others wait for.
    """
    if not actor.roles & STAFF_ROLES:
        raise ForbiddenError("只有单位经办人可以使用。", remedy="请换用单位账号登录")
    if org_id is None and len(actor.org_ids) > 1:
        raise InvalidError(
            "您代表多个单位，请先选定其中一个。", field="/org_id", remedy="在地址中加上 org_id"
        )
    wanted = org_id or next(iter(actor.org_ids), "")
    row = organisation_rows.get_organisation(db, wanted) if wanted in actor.org_ids else None
    if row is None:
        raise NotFoundError("没有这个单位。", remedy="请从首页重新进入")
    if not may(duty_in(actor, row.id), power):
        raise ForbiddenError(
            f"您在本单位的职责不能{POWER_NAMES[power]}。", code="duty",
            remedy="请由本单位的负责人办理，或请负责人改您的职责",
        )  # fmt: skip
    if row.suspended_at is not None and not (looks or stays_open(power)):
        raise ConflictError(
            f"本单位已暂停使用：{row.suspend_reason}", code="org_suspended",
            remedy="资料都在，可以查看；恢复请联系平台",
        )  # fmt: skip
    return view_of(row)


def holders_of(db: Session, org_id: str, power: Power) -> list[str]:
    """Who may do something inside an organisation now; where nothing says so, the least."""
    return [
        person_id for person_id, duty in roles.duties_in(db, org_id).items()
        if may(Duty(duty) if duty else Duty.VIEWER, power)
    ]  # fmt: skip


def duty_in(actor: Actor, org_id: str) -> Duty:
    """What the caller is inside an organisation; where nothing says so, the least."""
    held = dict(actor.duties).get(org_id)
    return Duty(held) if held else Duty.VIEWER


def powers_held(actor: Actor | None) -> frozenset[Power]:
    """What the caller may do for the organisation they act for now."""
    org_ids = actor.org_ids if actor else ()
    return frozenset(
        power for org_id in org_ids if actor for power in powers_of(duty_in(actor, org_id))
    )


def view_of(row: Organisation) -> OrganisationView:
    """Describe a row for other services and rooms."""
    favoured = FAVOURED_NAMES[FavouredKind(row.favoured_kind)] if row.favoured_kind else None
    return OrganisationView(
        org_id=row.id, kind=OrganisationKind(row.kind), name=row.name, uscc=row.uscc,
        prefecture_code=row.prefecture_code, favoured_name=favoured,
        suspend_reason=row.suspend_reason if row.suspended_at is not None else None,
    )  # fmt: skip
