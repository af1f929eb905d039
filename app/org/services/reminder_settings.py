"""How an organisation wants its people reminded: which ways, and whether there is a digest."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.first_rows import add_first
from app.identity.rules.actors import Actor
from app.identity.rules.outgoing import Way
from app.identity.services import group_robots
from app.identity.services.group_robots import RobotView
from app.org.models.reminding import ReminderSetting
from app.org.repository import reminding as rows
from app.org.rules.duties import Power
from app.org.services.organisations import acting_for


@dataclass(frozen=True, slots=True)
class SettingView:
    """`robot` is None where there is none."""

    uses_sms: bool
    uses_mail: bool
    has_digest: bool
    robot: RobotView | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be set."""

    uses_sms: bool
    uses_mail: bool
    has_digest: bool


def view(db: Session, vault: Vault, actor: Actor, *, org_id: str | None = None) -> SettingView:
    """How the caller's organisation reminds its people."""
    own_id = acting_for(db, actor, Power.SEE_PROGRESS, org_id).org_id
    row = rows.setting_of(db, own_id)
    robot = group_robots.view(db, vault, own_id)
    if row is None:
        return SettingView(uses_sms=True, uses_mail=True, has_digest=True, robot=robot)
    return SettingView(row.uses_sms, row.uses_mail, row.has_digest, robot)


def put(
    db: Session, actor: Actor, wanted: Wanted, *, org_id: str | None = None, now: dt.datetime
) -> None:
    """Set which ways are used from now on."""
    organisation = acting_for(db, actor, Power.REMIND, org_id)
    row = of_organisation(db, organisation.org_id, now=now)
    row.uses_sms, row.uses_mail = wanted.uses_sms, wanted.uses_mail
    row.has_digest, row.changed_at = wanted.has_digest, now
    audit.record(
        db, "org.reminders_set", now=now, actor_id=actor.learner_id,
        subject_id=organisation.org_id,
    )  # fmt: skip


def put_robot(
    db: Session, vault: Vault, actor: Actor, address: str, *, may_be_plain: bool, now: dt.datetime
) -> None:
    """Set the address of the organisation's robot. Raises InvalidError."""
    organisation = acting_for(db, actor, Power.REMIND)
    group_robots.put(
        db, vault, organisation.org_id, address, may_be_plain=may_be_plain,
        actor_id=actor.learner_id, now=now,
    )  # fmt: skip


def robot_to_try(db: Session, vault: Vault, actor: Actor) -> tuple[str, str]:
    """Where the organisation's robot is, and the organisation's name. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.REMIND)
    return group_robots.address_of(db, vault, organisation.org_id), organisation.name


def remove_robot(db: Session, actor: Actor, *, now: dt.datetime) -> None:
    """Forget the organisation's robot. Raises NotFoundError."""
    organisation = acting_for(db, actor, Power.REMIND)
    group_robots.remove(db, organisation.org_id, actor_id=actor.learner_id, now=now)


def of_organisation(db: Session, org_id: str, *, now: dt.datetime) -> ReminderSetting:
    """The organisation's row, made where there is none yet."""
    row = rows.setting_of(db, org_id)
    if row is None:
        fresh = ReminderSetting(
            org_id=org_id, uses_sms=True, uses_mail=True, has_digest=True, changed_at=now
        )
        add_first(db, fresh)
        row = rows.setting_of(db, org_id) or fresh
    return row


def ways_of(db: Session, org_id: str, open_ways: Iterable[Way]) -> frozenset[Way]:
    """Of the ways that the house has those that an organisation uses for its people."""
    row = rows.setting_of(db, org_id)
    uses = {
        Way.SMS: row is None or row.uses_sms,
        Way.MAIL: row is None or row.uses_mail,
    }  # fmt: skip
    return frozenset(way for way in open_ways if uses.get(way, False))
