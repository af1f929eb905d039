"""Who waits for a place in a class, and what is written and told of whoever comes or goes."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.identity.rules.actors import Actor
from app.identity.services import inbox
from app.identity.services.inbox import NoticeKind
from app.org.models.class_people import ClassMember
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import class_places as places
from app.org.rules.class_places import MemberState
from app.org.rules.classes import ClassState
from app.org.services import class_studies


def counts(db: Session, class_id: str) -> tuple[int, int]:
    found = people_rows.count_members(db, [class_id])
    return (
        found.get((class_id, MemberState.ENROLLED), 0),
        found.get((class_id, MemberState.WAITING), 0),
    )


def move_up(db: Session, row: TrainingClass, *, now: dt.datetime) -> int:
    """Give free places to those who have waited longest; returns how many. Under the lock.

    In a running class of a suspended organisation nobody moves, since their courses would begin;
    its restoring asks for this again.
    """
    if row.state == ClassState.RUNNING and organisation_rows.is_suspended(db, row.org_id):
        return 0
    enrolled, waiting = counts(db, row.id)
    if not waiting or row.state not in (ClassState.DRAFT, ClassState.RUNNING):
        return 0
    queue = people_rows.members_of(db, row.id, [MemberState.WAITING])
    chosen = places.moving_up(row.capacity, enrolled, queue)
    for member in chosen:
        member.state = MemberState.ENROLLED
        class_studies.begin(db, row, member, passes_over=True, now=now)
        if row.state == ClassState.RUNNING:
            tell(db, member, NoticeKind.CLASS_MOVED_UP, row, "", now)
    db.flush()
    return len(chosen)


def end_queue(
    db: Session, row: TrainingClass, employer: str, actor: Actor, *, now: dt.datetime
) -> None:
    """Nobody waits for a place in a class that is closed: they are told. Under the lock."""
    for member in people_rows.members_of(db, row.id, [MemberState.WAITING]):
        member.state, member.left_at = MemberState.REMOVED.value, now
        record(db, row, member, actor, now)
        tell(db, member, NoticeKind.CLASS_OVER, row, employer, now)
    db.flush()


def record(
    db: Session, row: TrainingClass, member: ClassMember, actor: Actor | None, now: dt.datetime
) -> None:
    who = actor.account_id if actor else None
    facts = {"learner_id": member.learner_id, "state": member.state, "source": member.source}
    if member.state in people_rows.PRESENT:
        audit.record(db, "class.member_added", now=now, actor_id=who, subject_id=row.id, **facts)
    else:
        audit.record(db, "class.member_gone", now=now, actor_id=who, subject_id=row.id, **facts)


def tell(
    db: Session, member: ClassMember, kind: NoticeKind, row: TrainingClass, employer: str,
    now: dt.datetime,
) -> None:  # fmt: skip
    inbox.notify(
        db, member.learner_id, kind, now=now, employer=employer, title=row.title,
        starts=row.starts_on.isoformat(), class_id=row.id,
    )  # fmt: skip
