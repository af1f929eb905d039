"""Classes 班级 of an organisation: finding one, looking at one, listing them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import people, roles
from app.learning.services import catalogue
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.rules import classes as rules
from app.org.rules.class_places import MemberState
from app.org.rules.classes import Card, ClassFlawError, ClassOrder, ClassState, Step
from app.org.rules.duties import Duty, Power, may
from app.org.services.organisations import OrganisationView, acting_for
from app.org.services.paging import SIZE, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """A class as its organisation sees it; `may` are the steps that its state allows."""

    class_id: str
    card: Card
    state: ClassState
    state_name: str
    courses: tuple[tuple[str, str], ...]
    enrolled: int
    waiting: int
    reason: str | None
    applied_at: dt.datetime | None
    approved_at: dt.datetime | None
    closed_at: dt.datetime | None
    may: frozenset[Step]


@dataclass(frozen=True, slots=True)
class TeacherView:
    person_id: str
    name: str


def flawed(flaw: ClassFlawError) -> InvalidError:
    """A flaw of the rules as the refusal of a request."""
    return InvalidError(flaw.sentence, field=f"/{flaw.field}", remedy=flaw.remedy)


def check_step(row: TrainingClass, step: Step) -> None:
    """Raises ConflictError where a class's state does not allow a step."""
    state = ClassState(row.state)
    if not rules.may(state, step):
        sentence, remedy = rules.not_now(state)
        raise ConflictError(sentence, code="class_state", remedy=remedy)


def own_class(
    db: Session,
    actor: Actor,
    power: Power,
    class_id: str,
    *,
    locks: bool = False,
    looks: bool = False,
) -> tuple[OrganisationView, TrainingClass]:
    """Find a class of the caller's organisation; another's is not found.

    `locks`: for who changes it or gives out its places; `looks` as `acting_for`. Raises so.
    """
    organisation = acting_for(db, actor, power, looks=looks)
    row = rows.get_class(db, class_id)
    if row is None or row.org_id != organisation.org_id:
        raise NotFoundError("没有这个班级。", remedy="请从班级列表重新进入")
    if locks:
        row = rows.lock_class(db, class_id) or row
    return organisation, row


def card_of(row: TrainingClass) -> Card:
    """The card of a row."""
    return Card(
        title=row.title, summary=row.summary, starts_on=row.starts_on, ends_on=row.ends_on,
        capacity=row.capacity, is_public=row.is_public, enrol_until=row.enrol_until,
        contract=row.contract, price_yuan=row.price_yuan,
    )  # fmt: skip


def named(db: Session, vault: Vault, ids: Sequence[str]) -> list[str]:
    """The names of those who act for the organisation, in the order of the ids."""
    names = people.staff_names(db, vault, ids)
    return [names.get(each) or "（已注销）" for each in ids]


def teachers(db: Session, vault: Vault, class_id: str) -> tuple[TeacherView, ...]:
    """Who teaches a class."""
    ids = rows.teachers_of(db, class_id)
    return tuple(
        TeacherView(each, name) for each, name in zip(ids, named(db, vault, ids), strict=True)
    )


def can_teach(db: Session, org_id: str) -> list[str]:
    """Those of an organisation whose duty comes with calling the roll."""
    return [
        person_id for person_id, duty in roles.duties_in(db, org_id).items()
        if duty and may(Duty(duty), Power.CALL_ROLL)
    ]  # fmt: skip


def possible_teachers(db: Session, vault: Vault, actor: Actor) -> tuple[TeacherView, ...]:
    """Who of the caller's organisation can teach a class, by name."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    ids = can_teach(db, org_id)
    found = (TeacherView(each, name) for each, name in zip(ids, named(db, vault, ids), strict=True))
    return tuple(sorted(found, key=lambda each: (each.name, each.person_id)))


def view(db: Session, actor: Actor, class_id: str, *, now: dt.datetime) -> ClassView:
    """One class of the caller's organisation. Raises NotFoundError."""
    _, row = own_class(db, actor, Power.SEE_PROGRESS, class_id)
    return views(db, [row], now=now)[0]


def list_classes(
    db: Session, actor: Actor, *, text: str, state: ClassState | None, order: ClassOrder,
    page: int, now: dt.datetime,
) -> Page[ClassView]:  # fmt: skip
    """The classes of the caller's organisation; `text` is a part of a title, or a contract."""
    org_id = acting_for(db, actor, Power.SEE_PROGRESS).org_id
    found, total = rows.find_classes(
        db, org_id, text.strip(), [state] if state else [], order, offset=(page - 1) * SIZE,
        limit=SIZE,
    )  # fmt: skip
    return Page(tuple(views(db, found, now=now)), page, total)


def views(db: Session, found: Sequence[TrainingClass], *, now: dt.datetime) -> list[ClassView]:
    """Describe rows, with as many queries for many as for one."""
    ids = [row.id for row in found]
    taught = rows.courses_of(db, ids)
    titles = catalogue.offered(db, {each.course_id for each in taught})
    counts = people_rows.count_members(db, ids)
    blank = [_view(row, now) for row in found]
    return [
        replace(
            each,
            courses=tuple(
                (course.course_id, titles[course.course_id].title)
                for course in taught if course.class_id == each.class_id
            ),
            enrolled=counts.get((each.class_id, MemberState.ENROLLED), 0),
            waiting=counts.get((each.class_id, MemberState.WAITING), 0),
        )
        for each in blank
    ]  # fmt: skip


def _view(row: TrainingClass, now: dt.datetime) -> ClassView:
    state = ClassState(row.state)
    return ClassView(
        class_id=row.id, card=card_of(row), state=state,
        state_name=rules.state_name(state, row.starts_on, local_day(now)), courses=(), enrolled=0,
        waiting=0, reason=row.reason, applied_at=row.applied_at, approved_at=row.approved_at,
        closed_at=row.closed_at, may=frozenset(step for step in Step if rules.may(state, step)),
    )  # fmt: skip
