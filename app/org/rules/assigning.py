"""Assignments by rule: whom a rule asks, by when, and what cannot be wished for."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.org.rules.deadlines import FURTHEST, is_possible


class Aim(StrEnum):
    """Whom a rule asks."""

    PERSONS = "persons"
    UNIT = "unit"
    """A unit with what is below it."""
    POSITION = "position"
    TAG = "tag"
    NEW_STAFF = "new_staff"
    """Who was put on the roster within some days."""
    EXPIRING = "expiring"
    """Whose certificate of a kind has its last day within some days."""


AIM_NAMES: dict[Aim, str] = {
    Aim.PERSONS: "选定的人",
    Aim.UNIT: "部门（连下级）",
    Aim.POSITION: "岗位",
    Aim.TAG: "标签",
    Aim.NEW_STAFF: "新列入名单的人",
    Aim.EXPIRING: "证书快到期的人",
}
MOST_PERSONS = 500
MOST_NEW_DAYS = 366
MOST_EXPIRING_DAYS = 90
"""A course can be begun again from 90 days before the last day on (`app/certs/rules/expiry.py`)."""
_STANDING = frozenset({Aim.NEW_STAFF, Aim.EXPIRING})


class Fate(StrEnum):
    """What a rule did with somebody who came under it."""

    ASKED = "asked"
    HAD = "had"
    """The course was asked of them already: their day stays."""
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    """Withdrawing left it: they are through, or somebody else asks it of them, too."""


FATE_NAMES: dict[Fate, str] = {
    Fate.ASKED: "已指派",
    Fate.HAD: "原来就有",
    Fate.WITHDRAWN: "已撤回",
    Fate.KEPT: "撤回时保留",
}


class RuleState(StrEnum):
    WORKING = "working"
    """The worker still asks people."""
    STANDING = "standing"
    """Who comes under it later is asked, too."""
    DONE = "done"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


STATE_NAMES: dict[RuleState, str] = {
    RuleState.WORKING: "正在指派",
    RuleState.STANDING: "持续有效",
    RuleState.DONE: "已指派",
    RuleState.ENDED: "已停止",
    RuleState.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of a rule; which unit, position or tag is looked up elsewhere.

    `days` are those of NEW_STAFF and EXPIRING. One of `due_on` and `due_days` is given.
    """

    aim: Aim
    persons: int = 0
    days: int | None = None
    certificate_kind: str = ""
    due_on: dt.date | None = None
    due_days: int | None = None
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a wish, at which field, and what to do."""

    field: str
    sentence: str
    remedy: str


def flaw_of(wish: Wish, *, today: dt.date) -> Flaw | None:
    """The first thing that is wrong with a wish; None where nothing is."""
    if wish.aim is Aim.PERSONS and not 1 <= wish.persons <= MOST_PERSONS:
        return Flaw(
            "/staff_ids", "没有选人。" if not wish.persons else f"一次最多选 {MOST_PERSONS} 人。",
            "请勾选员工；人多时请按部门、岗位或标签指派",
        )  # fmt: skip
    if wish.aim in _STANDING:
        most = MOST_NEW_DAYS if wish.aim is Aim.NEW_STAFF else MOST_EXPIRING_DAYS
        if wish.days is None or not 1 <= wish.days <= most:
            return Flaw("/days", f"天数应是 1 到 {most}。", "请重新填写天数")
    if wish.aim is Aim.EXPIRING and not wish.certificate_kind:
        return Flaw("/certificate_kind", "没有选证书种类。", "请选一种")
    return _flaw_of_day(wish, today)


def _flaw_of_day(wish: Wish, today: dt.date) -> Flaw | None:
    if (wish.due_on is None) == (wish.due_days is None):
        return Flaw(
            "/due_on", "截止日期和天数要填一样，也只填一样。", "请填一个日期，或者填指派后几天内"
        )
    if wish.due_on is not None and not is_possible(wish.due_on, today=today):
        return Flaw("/due_on", "截止日期应在今天到三年之内。", "请重新选择日期")
    if wish.due_days is not None and not 1 <= wish.due_days <= FURTHEST.days:
        return Flaw("/due_days", f"天数应是 1 到 {FURTHEST.days}。", "请重新填写天数")
    return None


def does_stand(wish: Wish) -> bool:
    """Tell whether who comes under a rule later is asked, too."""
    return wish.aim in _STANDING or (wish.stands and wish.aim is not Aim.PERSONS)


def due_day(*, due_on: dt.date | None, due_days: int | None, today: dt.date) -> dt.date:
    """The day by which somebody who is asked today is to be through."""
    return due_on if due_on is not None else today + dt.timedelta(days=due_days or 0)


def is_over(*, due_on: dt.date | None, today: dt.date) -> bool:
    """Tell whether nobody can be asked by a rule any more: its day is past."""
    return due_on is not None and due_on < today


def state_of(
    *, stands: bool, is_done: bool, is_ended: bool, is_withdrawn: bool, is_past: bool
) -> RuleState:
    """How a rule stands; one that stands ends by itself when its day is past."""
    if is_withdrawn:
        return RuleState.WITHDRAWN
    if is_ended:
        return RuleState.ENDED
    if not is_done:
        return RuleState.WORKING
    if stands:
        return RuleState.ENDED if is_past else RuleState.STANDING
    return RuleState.DONE
