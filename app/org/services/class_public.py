"""Classes as the public sees them, and as those see them who are in one."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.org.models.classes import TrainingClass
from app.org.models.organisations import Organisation
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.repository import organisations as organisation_rows
from app.org.rules import class_places as places
from app.org.rules.class_places import MEMBER_STATE_NAMES, Door, MemberState
from app.org.rules.classes import ClassState, Step, may
from app.org.services import class_plan, classes
from app.org.services.class_members import shown
from app.org.services.class_plan import UnitView
from app.org.services.classes import ClassView
from app.org.services.paging import SIZE, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicClass:
    """A class as everybody may see it: nobody in it is named."""

    class_id: str
    title: str
    summary: str
    organisation: str
    prefecture_code: str
    starts_on: dt.date
    ends_on: dt.date
    enrol_until: dt.date | None
    capacity: int
    free: int
    waiting: int
    door: Door
    door_name: str
    courses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMembership:
    """A class of the caller's; `place` is theirs in the queue, 0 outside of it."""

    class_id: str
    title: str
    organisation: str
    starts_on: dt.date
    ends_on: dt.date
    state: MemberState
    state_name: str
    class_state: ClassState
    class_state_name: str
    place: int
    is_public: bool
    has_places: bool
    may_leave: bool
    reason: str


def find(
    db: Session, text: str, prefecture_code: str, *, page: int, now: dt.datetime
) -> Page[PublicClass]:
    """Public classes that can still be joined, those that begin next first."""
    today = local_day(now)
    found, total = rows.find_public(
        db, text.strip(), prefecture_code, today, offset=(page - 1) * SIZE, limit=SIZE
    )
    views = classes.views(db, [row for row, _ in found], now=now)
    items = tuple(
        _public(row, organisation, view, today)
        for (row, organisation), view in zip(found, views, strict=True)
    )
    return Page(items, page, total)


def one(
    db: Session, class_id: str, *, now: dt.datetime
) -> tuple[PublicClass, tuple[UnitView, ...]]:
    """One public class with its plan. Raises NotFoundError."""
    row = shown(rows.get_class(db, class_id))
    organisation = organisation_rows.get_organisation(db, row.org_id)
    assert organisation is not None  # noqa: S101 -- a foreign key
    view = classes.views(db, [row], now=now)[0]
    return _public(row, organisation, view, local_day(now)), class_plan.plan_of(db, row.id)


def _public(
    row: TrainingClass, organisation: Organisation, view: ClassView, today: dt.date
) -> PublicClass:
    door = places.door_of(
        ClassState(row.state), row.enrol_until, today, capacity=row.capacity,
        enrolled=view.enrolled, waiting=view.waiting,
    )  # fmt: skip
    name = places.DOOR_NAMES[door]
    if row.state == ClassState.CANCELLED:
        name = "已取消"
    elif organisation.suspended_at is not None and door is not Door.OVER:
        door, name = Door.LATE, "办班的单位暂停使用，现在不能报名"
    return PublicClass(
        class_id=row.id, title=row.title, summary=row.summary, organisation=organisation.name,
        prefecture_code=organisation.prefecture_code, starts_on=row.starts_on,
        ends_on=row.ends_on, enrol_until=row.enrol_until, capacity=row.capacity,
        free=max(0, row.capacity - view.enrolled), waiting=view.waiting, door=door,
        door_name=name, courses=view.courses,
    )  # fmt: skip


def list_own(db: Session, actor: Actor, *, now: dt.datetime) -> list[OwnMembership]:
    """The classes in which the caller has a place or waits for one, the newest first.

    Those that were cancelled are among them with the reason; drafts of employers are not.
    """
    held = [
        (member, row) for member, row in people_rows.memberships_of(db, actor.learner_id)
        if member.state in people_rows.PRESENT and row.approved_at is not None
    ]  # fmt: skip
    names = {
        each.id: each.name
        for each in organisation_rows.list_organisations(db, sorted({r.org_id for _, r in held}))
    }
    views = classes.views(db, [row for _, row in held], now=now)
    return [
        OwnMembership(
            class_id=row.id, title=row.title, organisation=names[row.org_id],
            starts_on=row.starts_on, ends_on=row.ends_on, state=MemberState(member.state),
            state_name=MEMBER_STATE_NAMES[MemberState(member.state)], class_state=view.state,
            class_state_name=view.state_name, place=_place(db, row.id, member.id),
            is_public=row.is_public,
            has_places=any(unit.place for unit in rows.units_of(db, row.id)),
            may_leave=may(view.state, Step.ADMIT),
            reason=row.reason or "" if view.state is ClassState.CANCELLED else "",
        )
        for (member, row), view in zip(held, views, strict=True)
    ]  # fmt: skip


def _place(db: Session, class_id: str, member_id: str) -> int:
    queue = [each.id for each in people_rows.members_of(db, class_id, [MemberState.WAITING])]
    return queue.index(member_id) + 1 if member_id in queue else 0


def own_state(db: Session, actor: Actor | None, class_id: str) -> MemberState | None:
    """Whether the caller has a place in a class or waits for one; None for neither."""
    member = people_rows.member_of(db, class_id, actor.learner_id) if actor else None
    is_present = member is not None and member.state in people_rows.PRESENT
    return MemberState(member.state) if member is not None and is_present else None
