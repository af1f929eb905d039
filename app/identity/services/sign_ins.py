"""Where a person is signed in: shown to them alone, ended by them alone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import NotFoundError
from app.identity.models.signing import SignIn
from app.identity.repository import signing as rows
from app.identity.rules.actors import Actor

ENDED = "sign_in.ended"
_UNNAMED = "一台设备"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """A sign-in that lasts; `used_at` is exact to the life of an access token."""

    sign_in_id: str
    label: str
    started_at: dt.datetime
    used_at: dt.datetime
    is_this: bool


def list_open(
    db: Session, person_id: str, *, this_id: str, now: dt.datetime
) -> tuple[SignInView, ...]:
    """Return where a person is signed in: here first, then the last used first."""
    found = [
        SignInView(
            sign_in_id=row.id, label=row.device_label or _UNNAMED, started_at=row.started_at,
            used_at=row.renewed_at, is_this=row.id == this_id,
        )
        for row in rows.open_sign_ins(db, person_id, now)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda view: (view.is_this, view.used_at), reverse=True))


def act_for(db: Session, actor: Actor, org_id: str, *, now: dt.datetime) -> None:
    """Act for one of the caller's own organisations from here, until another is chosen.

    Raises NotFoundError for one in which the caller holds no duty.
    """
    row = rows.sign_in_to_renew(db, actor.sign_in_id)
    if row is None or org_id not in actor.held_org_ids:
        raise NotFoundError("您不是这个单位的经办人。", remedy="请从列表里选一家")
    row.acting_org_id = org_id
    audit.record(
        db, "sign_in.acts_for", now=now, actor_id=actor.account_id, subject_id=row.id,
        org_id=org_id,
    )  # fmt: skip
    db.flush()


def end_one(db: Session, person_id: str, sign_in_id: str, *, now: dt.datetime) -> frozenset[str]:
    """End one of a person's own sign-ins; returns the device if nobody of theirs is left on it.

    Raises NotFoundError for another's, or one that is over.
    """
    there = rows.open_sign_ins(db, person_id, now)
    ended = [row for row in there if row.id == sign_in_id]
    if not ended:
        raise NotFoundError("这台设备已经退出了。", remedy="请刷新“我的”页面")
    return _end(db, there, ended, now)


def end_others(db: Session, person_id: str, *, this_id: str, now: dt.datetime) -> frozenset[str]:
    """End all of a person's sign-ins but this one; returns the devices that were left."""
    there = rows.open_sign_ins(db, person_id, now)
    return _end(db, there, [row for row in there if row.id != this_id], now)


def end_all(db: Session, person_id: str, *, actor_id: str | None, now: dt.datetime) -> None:
    """End every sign-in of a person, as an administrator or the operator orders."""
    there = rows.open_sign_ins(db, person_id, now)
    for row in there:
        rows.revoke(db, row.id, reason="ended_by_staff", now=now)
        audit.record(db, ENDED, now=now, actor_id=actor_id, subject_id=row.id)


def _end(
    db: Session, there: Sequence[SignIn], ended: Sequence[SignIn], now: dt.datetime
) -> frozenset[str]:
    gone = {row.id for row in ended}
    for row in ended:
        rows.revoke(db, row.id, reason="ended_by_owner", now=now)
        audit.record(db, ENDED, now=now, actor_id=row.person_id, subject_id=row.id)
    stays = {row.device_id for row in there if row.id not in gone}
    return frozenset(row.device_id for row in ended) - stays
