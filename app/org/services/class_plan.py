"""The plan of a class: entering units, changing them, and calling the roll for one in a place."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.identity.services import roll_books, roll_calls
from app.org.models.classes import ClassRollCall, ClassUnit, TrainingClass
from app.org.repository import classes as rows
from app.org.rules import class_units as rules
from app.org.rules.class_units import MOST_UNITS, Unit
from app.org.rules.classes import NOTHING, PLAN, Change, ClassFlawError, Step
from app.org.rules.duties import Power
from app.org.services import class_changes
from app.org.services.classes import check_step, flawed, own_class


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """A unit of the plan; `came` counts who was seen there, None before the roll was called."""

    unit_id: str
    number: int
    day: dt.date
    starts: str
    ends: str
    minutes: int
    topic: str
    place: str
    came: int | None


def plan_of(db: Session, class_id: str) -> tuple[UnitView, ...]:
    """The units of a class in the order of time, numbered from 1."""
    found = rows.units_of(db, class_id)
    came = attendance(db, [row.id for row in found])
    return tuple(
        UnitView(
            unit_id=row.id, number=number, day=row.day, starts=rules.clock(row.starts_at),
            ends=rules.clock(row.starts_at + row.minutes), minutes=row.minutes, topic=row.topic,
            place=row.place, came=len(came[row.id]) if row.id in came else None,
        )
        for number, row in enumerate(found, start=1)
    )  # fmt: skip


def own_plan(db: Session, actor: Actor, class_id: str) -> tuple[UnitView, ...]:
    """The plan of a class of the caller's organisation. Raises NotFoundError."""
    _, row = own_class(db, actor, Power.SEE_PROGRESS, class_id)
    return plan_of(db, row.id)


def attendance(db: Session, unit_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Who was seen at each unit whose roll was called, in any of its roll calls."""
    linked = rows.roll_calls_of(db, unit_ids)
    present = roll_books.present_in(db, [each.roll_call_id for each in linked])
    found: dict[str, frozenset[str]] = {}
    for each in linked:
        seen = present.get(each.roll_call_id, frozenset())
        found[each.unit_id] = found.get(each.unit_id, frozenset()) | seen
    return found


def add_unit(db: Session, actor: Actor, class_id: str, unit: Unit, *, now: dt.datetime) -> str:
    """Enter a unit and return its id. Raises InvalidError that names the field, ConflictError."""
    row = _open(db, actor, class_id)
    found = _checked(row, unit)
    if len(rows.units_of(db, row.id)) >= MOST_UNITS:
        raise ConflictError(
            f"一个班最多 {MOST_UNITS} 次课。", code="too_many", remedy="请分成几个班"
        )
    unit_id = new_id(now)
    db.add(ClassUnit(id=unit_id, class_id=row.id, **_columns(found)))
    db.flush()
    _note(db, row, "", found.said, actor, now)
    return unit_id


def change_unit(
    db: Session, actor: Actor, class_id: str, unit_id: str, unit: Unit, *, now: dt.datetime
) -> None:
    """Change a unit whose roll was not called. Raises as `add_unit`, NotFoundError."""
    row = _open(db, actor, class_id)
    held = _uncalled(db, row, unit_id)
    found, before = _checked(row, unit), _unit(held).said
    for name, value in _columns(found).items():
        setattr(held, name, value)
    if found.said != before:
        _note(db, row, before, found.said, actor, now)


def remove_unit(
    db: Session, actor: Actor, class_id: str, unit_id: str, *, now: dt.datetime
) -> None:
    """Take a unit whose roll was not called out of the plan. Raises as `change_unit`."""
    row = _open(db, actor, class_id)
    held = _uncalled(db, row, unit_id)
    if row.approved_at is not None and len(rows.units_of(db, row.id)) == 1:
        raise ConflictError(
            "这是计划里唯一的一次课。", code="last_unit", remedy="请先加新的课次，或者取消班级"
        )
    before = _unit(held).said
    db.delete(held)
    db.flush()
    _note(db, row, before, "", actor, now)


def _open(db: Session, actor: Actor, class_id: str) -> TrainingClass:
    _, row = own_class(db, actor, Power.KEEP_CLASSES, class_id, locks=True)
    check_step(row, Step.CHANGE)
    return row


def _checked(row: TrainingClass, unit: Unit) -> Unit:
    try:
        return rules.check(unit, starts_on=row.starts_on, ends_on=row.ends_on)
    except ClassFlawError as flaw:
        raise flawed(flaw) from None


def _uncalled(db: Session, row: TrainingClass, unit_id: str) -> ClassUnit:
    held = rows.get_unit(db, row.id, unit_id)
    if held is None:
        raise NotFoundError("没有这次课。", remedy="请刷新页面")
    if rows.roll_calls_of(db, [held.id]):
        raise ConflictError(
            "这次课已经点过名，不能再改。",
            code="roll_called",
            remedy="点名记录要保留；可以另加课次",
        )
    return held


def _unit(row: ClassUnit) -> Unit:
    return Unit(
        day=row.day, starts_at=row.starts_at, minutes=row.minutes, topic=row.topic, place=row.place
    )


def _columns(unit: Unit) -> dict[str, object]:
    return {name: getattr(unit, name) for name in Unit.__dataclass_fields__}


def _note(
    db: Session, row: TrainingClass, before: str, after: str, actor: Actor, now: dt.datetime
) -> None:
    change = Change(PLAN, "教学计划", before or NOTHING, after or NOTHING)
    class_changes.note(db, row, [change], actor, now=now)


def call_roll(db: Session, actor: Actor, class_id: str, unit_id: str, *, now: dt.datetime) -> str:
    """Begin a roll call for a unit in a place; returns the roll call's id.

    Raises ConflictError before approval, on another day, on line, or while the caller has another
    roll call open; NotFoundError.
    """
    organisation, row = own_class(db, actor, Power.CALL_ROLL, class_id, locks=True)
    check_step(row, Step.CALL_ROLL)
    held = rows.get_unit(db, row.id, unit_id)
    if held is None:
        raise NotFoundError("没有这次课。", remedy="请刷新页面")
    if not held.place:
        raise ConflictError("这次课在线上，不用点名。", code="on_line", remedy="有地点的课才点名")
    if held.day != local_day(now):
        raise ConflictError(
            f"这次课排在 {held.day.isoformat()}。", code="other_day",
            remedy="请在当天点名；课改了日期的，请先改教学计划",
        )  # fmt: skip
    roll_call_id = roll_calls.open_roll_call(
        db, org_id=organisation.org_id, supervisor_id=actor.account_id,
        place=f"{row.title} {held.place}"[:60], now=now,
    )  # fmt: skip
    db.add(ClassRollCall(id=new_id(now), unit_id=held.id, roll_call_id=roll_call_id))
    audit.record(
        db, "class.roll_called", now=now, actor_id=actor.account_id, subject_id=row.id,
        roll_call_id=roll_call_id,
    )  # fmt: skip
    return roll_call_id
