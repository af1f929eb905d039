"""Granting roles, and making the actor of a request out of them."""

import datetime as dt
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.models.people import Person, RoleGrant
from app.identity.repository import people as rows
from app.identity.rules.actors import Role
from app.identity.rules.administrators import ROLE_NAMES, clashing
from app.identity.services import company_accounts

ONLY_LOOKS = "viewer"
"""The one duty that comes with nothing but seeing; what duties are, organisations know."""


def grant(
    db: Session,
    *,
    learner_id: str,
    role: Role,
    org_id: str | None,
    region_code: str | None,
    now: dt.datetime,
    actor_id: str | None = None,
    duty: str | None = None,
) -> None:
    """Give a person a role; giving it again changes nothing. `duty` is what they are inside.

    Raises NotFoundError, and ConflictError where the person has no proven name, or is another
    administrator.
    """
    check_named(db, learner_id)
    check_separate(roles_of(db, learner_id), role)
    scope = org_id or region_code or "*"
    held = {(row.role, row.scope) for row in rows.grants_of(db, learner_id)}
    if (role.value, scope) in held:
        return
    db.add(
        RoleGrant(
            id=new_id(now), person_id=learner_id, role=role.value, org_id=org_id,
            region_code=region_code, scope=scope, granted_at=now, duty=duty,
        )
    )  # fmt: skip
    audit.record(
        db, "role.granted", now=now, actor_id=actor_id, subject_id=learner_id, role=role.value,
        scope=scope, **({"duty": duty} if duty is not None else {}),
    )  # fmt: skip


def check_named(db: Session, learner_id: str) -> None:
    """Lock a person who is to act for others, and who therefore answers with a proven name.

    A document proves one account, so that two who watch one another are two people. Raises
    NotFoundError, ConflictError.
    """
    person = rows.lock(db, learner_id)
    if person is None:
        raise NotFoundError("没有这个人。", remedy="请检查人员编号")
    if person.verified_at is None:
        raise ConflictError(
            "这个人还没有完成实名认证，不能授予角色。", code="not_verified",
            remedy="请本人先登录并完成实名认证，再来授予",
        )  # fmt: skip


def check_separate(held: AbstractSet[Role], wanted: Role) -> None:
    """An administrator, of any of the three kinds, holds no other role. Raises ConflictError."""
    if (other := clashing(held, wanted)) is not None:
        raise ConflictError(
            f"这个人已是{ROLE_NAMES[other]}，系统、安全、审计三种管理员不能兼任，也不能兼别的角色。",
            code="separation", remedy="请换一个人，或先收回原来的角色",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GrantView:
    """A role that a person holds; `scope` is an organisation, a region, or * for everywhere."""

    role: Role
    scope: str
    org_id: str | None
    granted_at: dt.datetime


def grants_of(db: Session, learner_id: str) -> tuple[GrantView, ...]:
    """What a person was granted, the oldest first."""
    return tuple(
        GrantView(Role(row.role), row.scope, row.org_id, row.granted_at)
        for row in rows.grants_of(db, learner_id)
    )


def holders_in(db: Session, org_id: str) -> list[str]:
    """Who acts for an organisation, the longest first."""
    return rows.holders_in(db, org_id)


def count_holders(db: Session, role: Role) -> int:
    """How many people hold a role and may use it: those whose name is proven."""
    return rows.count_holders(db, role.value)


def revoke(
    db: Session,
    *,
    learner_id: str,
    role: Role,
    org_id: str | None,
    now: dt.datetime,
    actor_id: str | None,
) -> None:
    """Take a role from a person; counts from their next request on. Raises NotFoundError."""
    if not rows.delete_grants(db, learner_id, role.value, org_id):
        raise NotFoundError("这个人没有这个角色。", remedy="请刷新页面")
    if org_id is not None and org_id not in org_ids_of(db, learner_id):
        company_accounts.end_in(db, learner_id, org_id, actor_id=actor_id, now=now)
    audit.record(
        db, "role.revoked", now=now, actor_id=actor_id, subject_id=learner_id, role=role.value,
        scope=org_id or "*",
    )  # fmt: skip


def fall_asleep(db: Session, person: Person) -> None:
    """Let the roles of somebody whose name is being taken back wait for the same document."""
    rows.put_to_sleep(db, person.id, person.document_index or "")


def wake(db: Session, person: Person, *, now: dt.datetime) -> None:
    """Wake what slept for the document that was just proven; what was another's ends.

    A role was given to a person, not to whoever has their account: for another document an
    administrator gives it anew.
    """
    for row in rows.grants_of(db, person.id):
        if row.document_index in (None, person.document_index):
            row.document_index = None
            continue
        db.delete(row)
        if row.org_id is not None:
            company_accounts.end_in(db, person.id, row.org_id, actor_id=None, now=now)
        audit.record(
            db, "role.lapsed", now=now, actor_id=None, subject_id=person.id, role=row.role,
            scope=row.scope,
        )  # fmt: skip
    db.flush()


def roles_of(db: Session, learner_id: str) -> frozenset[Role]:
    """Every role a person holds; being a learner needs no grant."""
    return frozenset({Role.LEARNER, *(Role(row.role) for row in rows.grants_of(db, learner_id))})


def roles_in(db: Session, learner_id: str, org_id: str) -> frozenset[Role]:
    """The roles that a person holds in one organisation, and no other; not the learner's."""
    return frozenset(
        Role(row.role) for row in rows.grants_of(db, learner_id) if row.org_id == org_id
    )


def roles_among(grants: Sequence[RoleGrant], org_id: str | None) -> frozenset[Role]:
    """The roles that count while somebody acts for one organisation, or for none."""
    own = (Role(row.role) for row in grants if row.org_id is None or row.org_id == org_id)
    return frozenset({Role.LEARNER, *own})


def may_act_as(db: Session, learner_id: str, role: Role) -> bool:
    """Tell whether somebody holds a role now, and has the proven name that it counts with."""
    person = rows.by_id(db, learner_id)
    is_named = person is not None and person.verified_at is not None
    return is_named and role in roles_of(db, learner_id)


def duties_among(
    grants: Sequence[RoleGrant], org_ids: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """What somebody is inside these organisations, as pairs of organisation and duty."""
    return tuple(
        (row.org_id, row.duty)
        for row in grants
        if row.org_id in org_ids and row.org_id and row.duty
    )


def duties_of(db: Session, learner_id: str) -> tuple[tuple[str, str], ...]:
    """What a person is inside each of their organisations."""
    return duties_among(rows.grants_of(db, learner_id), org_ids_of(db, learner_id))


def duties_in(db: Session, org_id: str) -> dict[str, str]:
    """What everybody who acts for an organisation is inside it, by person, the longest first."""
    return {row.person_id: row.duty or "" for row in rows.grants_in(db, org_id)}


def set_duty(
    db: Session, *, learner_id: str, org_id: str, duty: str, actor_id: str, now: dt.datetime
) -> None:
    """Let somebody be something else inside an organisation. Raises NotFoundError."""
    found = [row for row in rows.grants_in(db, org_id) if row.person_id == learner_id]
    if not found:
        raise NotFoundError("这个人不是本单位的经办人。", remedy="请刷新页面")
    for row in found:
        row.duty = duty
    audit.record(
        db, "role.duty_changed", now=now, actor_id=actor_id, subject_id=learner_id, scope=org_id,
        duty=duty,
    )  # fmt: skip
    db.flush()


def working_for(db: Session, learner_id: str) -> frozenset[str]:
    """The organisations in which a person does more than look: they could know what it asks."""
    return frozenset(
        row.org_id
        for row in rows.grants_of(db, learner_id)
        if row.org_id and row.duty != ONLY_LOOKS
    )


def org_ids_of(db: Session, learner_id: str) -> tuple[str, ...]:
    """The organisations whose staff the person is, in the order they were granted."""
    found = [row.org_id for row in rows.grants_of(db, learner_id) if row.org_id]
    return tuple(dict.fromkeys(found))
