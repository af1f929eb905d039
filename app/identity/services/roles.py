"""Granting roles, and making the actor of a request out of them."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import NotFoundError
from app.core.ids import new_id
from app.identity.models.people import RoleGrant
from app.identity.repository import people as rows
from app.identity.rules.actors import Role


def grant(
    db: Session,
    *,
    learner_id: str,
    role: Role,
    org_id: str | None,
    region_code: str | None,
    now: dt.datetime,
    actor_id: str | None = None,
) -> None:
    """Give a person a role; giving it again changes nothing. Raises NotFoundError."""
    if rows.by_id(db, learner_id) is None:
        raise NotFoundError("没有这个人。", remedy="请检查人员编号")
    scope = org_id or region_code or "*"
    held = {(row.role, row.scope) for row in rows.grants_of(db, learner_id)}
    if (role.value, scope) in held:
        return
    db.add(
        RoleGrant(
            id=new_id(now), person_id=learner_id, role=role.value, org_id=org_id,
            region_code=region_code, scope=scope, granted_at=now,
        )
    )  # fmt: skip
    audit.record(
        db, "role.granted", now=now, actor_id=actor_id, subject_id=learner_id, role=role.value,
        scope=scope,
    )  # fmt: skip


def roles_of(db: Session, learner_id: str) -> frozenset[Role]:
    """Every role a person holds; being a learner needs no grant."""
    return frozenset({Role.LEARNER, *(Role(row.role) for row in rows.grants_of(db, learner_id))})


def org_ids_of(db: Session, learner_id: str) -> tuple[str, ...]:
    """The organisations whose staff the person is, in the order they were granted."""
    found = [row.org_id for row in rows.grants_of(db, learner_id) if row.org_id]
    return tuple(dict.fromkeys(found))
