"""What is changed of a class after approval: written down, told to who approved it and is in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.services import inbox, people
from app.identity.services.inbox import NoticeKind
from app.org.models.classes import ClassChange, TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as class_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules.classes import Change, news


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change after approval, in words; `by` is the name of whoever made it."""

    name: str
    before: str
    after: str
    by: str
    changed_at: dt.datetime


def note(
    db: Session, row: TrainingClass, found: Sequence[Change], actor: Actor, *, now: dt.datetime
) -> None:
    """Put changes on record; those of an approved class are kept and told to who approved.

    Its people, and who waits for a place, are told of changed days and of the plan.
    """
    if not found:
        return
    audit.record(
        db, "class.changed", now=now, actor_id=actor.account_id, subject_id=row.id,
        org_id=row.org_id, what=[each.field for each in found],
    )  # fmt: skip
    if row.approved_at is None:
        return
    for each in found:
        db.add(
            ClassChange(
                id=new_id(now), class_id=row.id, field=each.field, name=each.name,
                before=each.before, after=each.after, changed_by=actor.learner_id, changed_at=now,
            )
        )  # fmt: skip
    db.flush()
    organisation = organisation_rows.get_organisation(db, row.org_id)
    if organisation is None:
        return
    _tell_people(db, row, organisation.name, news(found), now)
    if row.approved_by is not None:
        names = dict.fromkeys(each.name for each in found)
        inbox.notify(
            db, row.approved_by, NoticeKind.CLASS_CHANGED, now=now, employer=organisation.name,
            title=row.title, what="、".join(names),
        )  # fmt: skip


def _tell_people(
    db: Session, row: TrainingClass, employer: str, what: str, now: dt.datetime
) -> None:
    if not what:
        return
    for member in people_rows.members_of(db, row.id):
        inbox.notify(
            db, member.learner_id, NoticeKind.CLASS_DAYS_CHANGED, now=now, employer=employer,
            title=row.title, what=what,
        )  # fmt: skip


def list_changes(db: Session, vault: Vault, class_id: str) -> tuple[ChangeView, ...]:
    """What was changed after approval, the oldest first."""
    found = class_rows.changes_of(db, class_id)
    names = people.staff_names(db, vault, sorted({each.changed_by for each in found}))
    return tuple(
        ChangeView(
            name=each.name, before=each.before, after=each.after,
            by=names.get(each.changed_by) or "（已注销）", changed_at=each.changed_at,
        )
        for each in found
    )  # fmt: skip
