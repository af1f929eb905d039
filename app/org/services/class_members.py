"""Who is in a class: putting people in, coming by oneself, leaving, moving up from the queue."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services.inbox import NoticeKind
from app.org.models.class_people import ClassMember
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.repository import organisations as organisation_rows
from app.org.repository import staff as staff_rows
from app.org.rules import class_places as places
from app.org.rules.class_places import Door, MemberSource, MemberState
from app.org.rules.classes import ClassState, Step, may
from app.org.rules.duties import Power
from app.org.rules.organisations import StaffState
from app.org.services import class_queue, class_studies
from app.org.services.classes import check_step, own_class


@dataclass(frozen=True, slots=True)
class Entered:
    """What putting people in did: placed, waiting in the queue, in the class before."""

    placed: int
    waiting: int
    unchanged: int


def _enter(
    db: Session, row: TrainingClass, learner_id: str, source: MemberSource, now: dt.datetime
) -> ClassMember | None:
    """Give somebody a place, or one in the queue; None where they have one. Under the lock."""
    member = people_rows.member_of(db, row.id, learner_id)
    if member is not None and member.state in people_rows.PRESENT:
        return None
    state = places.state_for(row.capacity, *class_queue.counts(db, row.id))
    turn = people_rows.next_turn(db, row.id)
    if member is None:
        member = ClassMember(
            id=new_id(now), class_id=row.id, learner_id=learner_id, source=source.value,
            state=state.value, turn=turn, joined_at=now,
        )  # fmt: skip
        if not add_first(db, member):
            return None
    else:
        member.source, member.state, member.turn = source.value, state.value, turn
        member.joined_at, member.left_at = now, None
        db.flush()
    return member


def add_staff(
    db: Session, actor: Actor, class_id: str, staff_ids: Sequence[str], *, now: dt.datetime
) -> Entered:
    """Put people of the roster into a class, in their order; when it is full they wait.

    Raises NotFoundError for who is not on the roster, ConflictError for who has not said yes to the
    organisation: until then nobody's study is theirs to see; and in the wrong state.
    """
    organisation, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.ADMIT)
    placed = waiting = unchanged = 0
    for place, learner_id in enumerate(_joined(db, organisation.org_id, staff_ids)):
        _check_is_no_teacher(db, row, learner_id, f"/staff_ids/{place}")
        member = _enter(db, row, learner_id, MemberSource.ROSTER, now)
        if member is None:
            unchanged += 1
            continue
        is_placed = member.state == MemberState.ENROLLED
        placed, waiting = placed + is_placed, waiting + (not is_placed)
        class_queue.record(db, row, member, actor, now)
        if is_placed and row.state == ClassState.RUNNING:
            class_queue.tell(db, member, NoticeKind.CLASS_ENTERED, row, organisation.name, now)
    if row.state == ClassState.RUNNING and placed:
        outbox.enqueue(
            db, class_studies.BEGIN, now=now, key=f"{class_studies.BEGIN}:{row.id}",
            class_id=row.id,
        )  # fmt: skip
    return Entered(placed, waiting, unchanged)


def _check_is_no_teacher(
    db: Session, row: TrainingClass, learner_id: str, field: str | None = None
) -> None:
    """Who calls the roll of a class is not on it."""
    if learner_id in rows.teachers_of(db, row.id):
        raise ConflictError(
            "这个班的教师不能同时做学员。", code="own_class", field=field,
            remedy="要一起学的，请先由别人任教，或者编进另一个班",
        )  # fmt: skip


def _joined(db: Session, org_id: str, staff_ids: Sequence[str]) -> list[str]:
    found = {each.id: each for each in staff_rows.list_staff(db, org_id, staff_ids=staff_ids)}
    chosen = []
    for place, staff_id in enumerate(staff_ids):
        person = found.get(staff_id)
        if person is None or person.state == StaffState.LEFT:
            raise NotFoundError(
                "有人不在您的名单里。", field=f"/staff_ids/{place}", remedy="请刷新页面后重新选择"
            )
        if person.learner_id is None or person.state != StaffState.JOINED:
            raise ConflictError(
                "有人还没有确认加入单位，不能编班。", code="not_joined",
                field=f"/staff_ids/{place}", remedy="请先提醒本人登录后在“我的”里确认",
            )  # fmt: skip
        chosen.append(person.learner_id)
    return chosen


def announce(db: Session, row: TrainingClass, employer: str, *, now: dt.datetime) -> None:
    """Tell everybody with a place that their class was approved."""
    for member in people_rows.members_of(db, row.id, [MemberState.ENROLLED]):
        class_queue.tell(db, member, NoticeKind.CLASS_ENTERED, row, employer, now)


def enrol_self(db: Session, actor: Actor, class_id: str, *, now: dt.datetime) -> MemberState:
    """Come to a public class; where it is full, wait. Done twice it is once.

    Raises NotFoundError for a class that the public does not see, ForbiddenError before the name is
    proven, ConflictError where nobody can come any more.
    """
    row = shown(rows.lock_class(db, class_id))
    if not actor.is_verified:
        raise ForbiddenError(
            "报名要先完成实名认证。", code="not_verified", remedy="请先填写姓名和证件号"
        )
    member = people_rows.member_of(db, row.id, actor.learner_id)
    if member is not None and member.state in people_rows.PRESENT:
        return MemberState(member.state)
    enrolled, waiting = class_queue.counts(db, row.id)
    door = places.door_of(
        ClassState(row.state), row.enrol_until, local_day(now), capacity=row.capacity,
        enrolled=enrolled, waiting=waiting,
    )  # fmt: skip
    if door not in (Door.OPEN, Door.WAITING):
        raise ConflictError(
            f"这个班{places.DOOR_NAMES[door]}。", code="door", remedy="请看看其他班级"
        )
    organisation = organisation_rows.get_organisation(db, row.org_id)
    if organisation is None or organisation.suspended_at is not None:
        raise ConflictError(
            "办班的单位暂停使用，现在不能报名。", code="org_suspended", remedy="请看看其他班级"
        )
    _check_is_no_teacher(db, row, actor.learner_id)
    member = _enter(db, row, actor.learner_id, MemberSource.SELF, now)
    if member is None:
        return MemberState.ENROLLED
    class_studies.begin(db, row, member, now=now)
    class_queue.record(db, row, member, actor, now)
    return MemberState(member.state)


def shown(row: TrainingClass | None) -> TrainingClass:
    """A class that the public sees: approved at some time, and open to them. NotFoundError."""
    if row is None or not row.is_public or row.approved_at is None:
        raise NotFoundError("没有这个班级。", remedy="请从“公开班”里查找")
    return row


def leave(db: Session, actor: Actor, class_id: str, *, now: dt.datetime) -> None:
    """Leave a class, or the queue of one. Raises NotFoundError, ConflictError once it is over."""
    row = rows.lock_class(db, class_id)
    member = people_rows.member_of(db, class_id, actor.learner_id)
    if row is None or member is None or member.state not in people_rows.PRESENT:
        raise NotFoundError("您不在这个班里。", remedy="请刷新页面")
    check_step(row, Step.ADMIT)
    _go(db, row, member, MemberState.LEFT, actor, now)


def remove(
    db: Session, actor: Actor, class_id: str, member_id: str, *, now: dt.datetime
) -> None:  # fmt: skip
    """Take somebody out of a class; they are told. Raises NotFoundError, ConflictError."""
    organisation, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.ADMIT)
    member = people_rows.get_member(db, row.id, member_id)
    if member is None or member.state not in people_rows.PRESENT:
        raise NotFoundError("班里没有这个人。", remedy="请刷新页面")
    _go(db, row, member, MemberState.REMOVED, actor, now)
    if row.state == ClassState.RUNNING:
        class_queue.tell(db, member, NoticeKind.CLASS_REMOVED, row, organisation.name, now)


def leave_roster(
    db: Session, org_id: str, learner_id: str, actor: Actor, *, by_employer: bool,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Whoever leaves a roster leaves the classes they were put into from it, unless one is over.

    Into a class of the organisation that they came to by themselves they had come as anybody may:
    they stay. Who is taken off the roster is told of each running class. The caller holds the
    organisation's lock.
    """
    places_held = people_rows.memberships_of(db, learner_id)
    for member, row in sorted(places_held, key=lambda each: each[1].id):
        is_over = ClassState(row.state) in (ClassState.ARCHIVED, ClassState.CANCELLED)
        if row.org_id != org_id or member.source != MemberSource.ROSTER or is_over:
            continue
        held = rows.lock_class(db, row.id) or row
        db.refresh(member)
        if member.state not in people_rows.PRESENT or not may(ClassState(held.state), Step.ADMIT):
            continue
        _go(db, held, member, MemberState.REMOVED if by_employer else MemberState.LEFT, actor, now)
        if by_employer and held.state == ClassState.RUNNING:
            class_queue.tell(db, member, NoticeKind.CLASS_REMOVED, held, _name_of(db, org_id), now)


def _name_of(db: Session, org_id: str) -> str:
    organisation = organisation_rows.get_organisation(db, org_id)
    return organisation.name if organisation else ""


def _go(
    db: Session, row: TrainingClass, member: ClassMember, state: MemberState, actor: Actor | None,
    now: dt.datetime,
) -> None:  # fmt: skip
    member.state, member.left_at = state.value, now
    db.flush()
    class_queue.record(db, row, member, actor, now)
    class_queue.move_up(db, row, now=now)


def forget_person(db: Session, learner_id: str, *, now: dt.datetime) -> None:
    """Take somebody who deletes their account out of every class that is not over."""
    rows.forget_teacher(db, learner_id)
    for member, row in people_rows.memberships_of(db, learner_id):
        is_over = ClassState(row.state) in (ClassState.ARCHIVED, ClassState.CANCELLED)
        if member.state in people_rows.PRESENT and not is_over:
            held = rows.lock_class(db, row.id) or row
            _go(db, held, member, MemberState.LEFT, None, now)
