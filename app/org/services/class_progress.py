"""How the people of a class stand: their courses, their exams, when they came; and what is open."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.certs.services import wallet
from app.core.crypto import Vault
from app.identity.rules.actors import Actor
from app.identity.services import people, roll_books
from app.learning.services import sessions
from app.learning.services.progress import CompletionFacts, completion_facts
from app.org.models.class_people import ClassMember
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.repository import classes as rows
from app.org.rules.class_places import (
    MEMBER_STATE_NAMES,
    SOURCE_NAMES,
    MemberSource,
    MemberState,
)
from app.org.rules.duties import Power
from app.org.services import class_plan
from app.org.services.class_plan import UnitView
from app.org.services.classes import own_class
from app.org.services.paging import Page, cut

_GONE = "（已注销）"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStanding:
    """One course of one person. `certificate` is a number, empty before there is one."""

    facts: CompletionFacts
    pending_ms: int
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One person of a class; `attended` counts units, `called` those whose roll was called."""

    member_id: str
    learner_id: str
    name: str
    masked_number: str
    state: MemberState
    state_name: str
    source: MemberSource
    source_name: str
    place: int
    attended: int
    called: int
    courses: tuple[CourseStanding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUnderWay:
    """A roll call of a unit that was not ended; `waiting` counts whom nobody has marked yet."""

    roll_call_id: str
    unit: str
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatters:
    """What is not finished in a class, each as the names of whom it is about.

    `uncalled` are units, `under_way` roll calls: a class closes only when those are ended.
    """

    no_study: tuple[str, ...]
    short: tuple[str, ...]
    pending: tuple[str, ...]
    no_exam: tuple[str, ...]
    no_certificate: tuple[str, ...]
    uncalled: tuple[str, ...]
    under_way: tuple[RollUnderWay, ...]

    @property
    def is_open(self) -> bool:
        """Whether anything at all is not finished."""
        return any(getattr(self, name) for name in self.__dataclass_fields__)


def list_people(
    db: Session, vault: Vault, actor: Actor, class_id: str, *, text: str, page: int,
    now: dt.datetime,
) -> Page[MemberView]:  # fmt: skip
    """The people of a class in the order in which they came; `text` is a part of a name.

    Who was placed comes before who waits.
    """
    _, row = own_class(db, actor, Power.SEE_PROGRESS, class_id)
    found = people_rows.members_of(db, row.id)
    found.sort(key=lambda each: (each.state == MemberState.WAITING, each.turn))
    sought = text.strip()
    if sought:
        names = people.staff_names(db, vault, [each.learner_id for each in found])
        found = [each for each in found if sought in names.get(each.learner_id, "")]
    shown = cut(found, page)
    return Page(tuple(describe(db, vault, row, shown.items, now=now)), shown.page, shown.total)


def describe(
    db: Session, vault: Vault, row: TrainingClass, members: Sequence[ClassMember],
    *, now: dt.datetime,
) -> list[MemberView]:  # fmt: skip
    """How these people of a class stand."""
    ids = [each.learner_id for each in members]
    names, views = people.staff_names(db, vault, ids), people.views(db, vault, ids)
    came = class_plan.attendance(db, [unit.id for unit in rows.units_of(db, row.id)])
    studies = people_rows.studies_of(db, [each.id for each in members])
    waiting = [each.id for each in people_rows.members_of(db, row.id, [MemberState.WAITING])]
    return [
        MemberView(
            member_id=each.id, learner_id=each.learner_id,
            name=names.get(each.learner_id) or _GONE,
            masked_number=views[each.learner_id].masked_number if each.learner_id in views else "",
            state=MemberState(each.state), state_name=MEMBER_STATE_NAMES[MemberState(each.state)],
            source=MemberSource(each.source), source_name=SOURCE_NAMES[MemberSource(each.source)],
            place=waiting.index(each.id) + 1 if each.id in waiting else 0,
            attended=sum(each.learner_id in there for there in came.values()), called=len(came),
            courses=tuple(
                _standing(db, study.enrolment_id, now)
                for study in studies if study.member_id == each.id
            ),
        )
        for each in members
    ]  # fmt: skip


def _standing(db: Session, enrolment_id: str, now: dt.datetime) -> CourseStanding:
    return CourseStanding(
        facts=completion_facts(db, enrolment_id),
        pending_ms=sessions.totals(db, enrolment_id, now=now).pending_ms,
        certificate=wallet.number_for(db, enrolment_id),
    )


def open_matters(db: Session, vault: Vault, row: TrainingClass, *, now: dt.datetime) -> OpenMatters:
    """Name what closing the class now would leave open; each person at most once a list."""
    members = people_rows.members_of(db, row.id, [MemberState.ENROLLED])
    found = describe(db, vault, row, members, now=now)
    asked = len(rows.courses_of(db, [row.id]))

    def who(has: "list[bool]") -> tuple[str, ...]:
        return tuple(each.name for each, is_it in zip(found, has, strict=True) if is_it)

    courses = [each.courses for each in found]
    return OpenMatters(
        no_study=who([len(each) < asked for each in courses]),
        short=who([any(_is_short(one) for one in each) for each in courses]),
        pending=who([any(one.pending_ms for one in each) for each in courses]),
        no_exam=who([any(not one.facts.exam_passed for one in each) for each in courses]),
        no_certificate=who(
            [any(one.facts.is_complete and not one.certificate for one in each) for each in courses]
        ),
        uncalled=tuple(
            _said(unit) for unit in class_plan.plan_of(db, row.id)
            if unit.place and unit.came is None
        ),
        under_way=_under_way(db, row, now),
    )  # fmt: skip


def _said(unit: UnitView) -> str:
    return f"第 {unit.number} 次（{unit.day.isoformat()}）"


def _under_way(db: Session, row: TrainingClass, now: dt.datetime) -> tuple[RollUnderWay, ...]:
    """The roll calls of a class's units that are open now, in the order of the plan."""
    units = {unit.unit_id: unit for unit in class_plan.plan_of(db, row.id)}
    linked = rows.roll_calls_of(db, list(units))
    waiting = roll_books.waiting_in(db, [each.roll_call_id for each in linked], now=now)
    found = [each for each in linked if each.roll_call_id in waiting]
    found.sort(key=lambda each: (units[each.unit_id].number, each.id))
    return tuple(
        RollUnderWay(
            roll_call_id=each.roll_call_id, unit=_said(units[each.unit_id]),
            waiting=waiting[each.roll_call_id],
        )
        for each in found
    )  # fmt: skip


def _is_short(standing: CourseStanding) -> bool:
    return standing.facts.confirmed_ms < standing.facts.required_ms
