"""Roll calls of an organisation: its agents call, those on its roster come."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault
from app.core.errors import ConflictError
from app.identity.rules.actors import Actor
from app.identity.services import roll_calls
from app.identity.services.roll_calls import OwnPresence, PresenceView, RollScreen
from app.org.repository import class_people as class_rows
from app.org.repository import classes
from app.org.repository import staff as staff_rows
from app.org.rules.classes import ClassState
from app.org.rules.duties import Power, may
from app.org.services.organisations import acting_for, duty_in

__all__ = [
    "OwnPresence", "PresenceView", "RollScreen", "close", "hold", "join", "mark", "open_one",
    "own", "screen", "under_way",
]  # fmt: skip


def open_one(db: Session, actor: Actor, *, place: str, now: dt.datetime) -> str:
    """Begin a roll call of the caller's organisation; returns its id. Raises as identity does."""
    return roll_calls.open_roll_call(
        db, org_id=acting_for(db, actor, Power.CALL_ROLL).org_id, supervisor_id=actor.account_id,
        place=place, now=now,
    )  # fmt: skip


def _calling_for(actor: Actor) -> tuple[str, ...]:
    """Where the caller may call the roll; another's roll call is not found."""
    return tuple(org_id for org_id in actor.org_ids if may(duty_in(actor, org_id), Power.CALL_ROLL))


def close(db: Session, actor: Actor, roll_call_id: str, *, now: dt.datetime) -> None:
    """End it. Raises NotFoundError, and as `acting_for`."""
    own_id = acting_for(db, actor, Power.CALL_ROLL).org_id
    roll_calls.close_roll_call(
        db, roll_call_id, org_ids=(own_id,), actor_id=actor.account_id, now=now
    )


def under_way(db: Session, actor: Actor, *, now: dt.datetime) -> str | None:
    """The id of the caller's own open roll call."""
    return roll_calls.under_way(
        db, org_ids=_calling_for(actor), supervisor_id=actor.account_id, now=now
    )  # fmt: skip


def screen(
    db: Session, vault: Vault, keys: KeyRing, actor: Actor, roll_call_id: str, *, now: dt.datetime
) -> RollScreen:
    """What the supervisor's screen shows. Raises NotFoundError."""
    return roll_calls.screen(db, vault, keys, roll_call_id, org_ids=_calling_for(actor), now=now)


def mark(
    db: Session, actor: Actor, roll_call_id: str, presence_id: str, *, is_present: bool,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Say whether somebody is there. Raises as identity does, and as `acting_for`."""
    own_id = acting_for(db, actor, Power.CALL_ROLL).org_id
    # Nothing is held, or said of its class, before it is the caller's.
    roll_calls.check_among(db, roll_call_id, (own_id,))
    hold(db, roll_call_id)
    roll_calls.mark(
        db, roll_call_id, presence_id, is_present=is_present, org_ids=(own_id,),
        actor_id=actor.account_id, now=now,
    )  # fmt: skip


def join(db: Session, keys: KeyRing, actor: Actor, *, code: str, now: dt.datetime) -> OwnPresence:
    """Come to a roll call of an organisation on whose roster, or in whose class, the caller is.

    Raises InvalidError, ConflictError where its class was closed.
    """
    mine = {row.org_id for row in staff_rows.list_staff_of_learner(db, actor.learner_id)}
    mine |= class_rows.teaching_org_ids(db, actor.learner_id)
    shown = roll_calls.shown_with(db, keys, mine, code, now)
    if shown is not None:
        hold(db, shown.id)
    return roll_calls.join(
        db, keys, learner_id=actor.learner_id, org_ids=mine, code=code, device_id=actor.device_id,
        now=now,
    )  # fmt: skip


def hold(db: Session, roll_call_id: str) -> None:
    """Keep a roll call's class from being closed meanwhile, where it is called for one.

    Raises ConflictError where the class was closed: its archive says who came.
    """
    class_id = classes.class_of_roll_call(db, roll_call_id)
    row = classes.lock_class(db, class_id) if class_id else None
    if row is not None and row.state in (ClassState.CLOSING, ClassState.ARCHIVED):
        raise ConflictError(
            "这个班已经结班，到场不能再改。", code="class_state",
            remedy="档案照结班时的样子；要说明的请另存一份说明",
        )  # fmt: skip


def own(db: Session, actor: Actor, *, now: dt.datetime) -> OwnPresence | None:
    """Where the caller was seen and still is."""
    return roll_calls.own_presence(db, actor.learner_id, now=now)
