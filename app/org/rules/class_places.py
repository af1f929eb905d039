"""Places in a class: who gets one, who waits, who moves up; and when the public may come."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from app.org.rules.classes import OVER, ClassState

MOST_WAITING = 200
"""A longer list promises what no class can hold."""
Waiting = TypeVar("Waiting")


class MemberState(StrEnum):
    """Whether somebody has a place; who left or was taken out may come again."""

    ENROLLED = "enrolled"
    WAITING = "waiting"
    LEFT = "left"
    REMOVED = "removed"


class MemberSource(StrEnum):
    """How somebody came: put there by the organisation, or by themselves."""

    ROSTER = "roster"
    SELF = "self"


MEMBER_STATE_NAMES: dict[MemberState, str] = {
    MemberState.ENROLLED: "在班",
    MemberState.WAITING: "候补",
    MemberState.LEFT: "已退出",
    MemberState.REMOVED: "已移出",
}
SOURCE_NAMES: dict[MemberSource, str] = {
    MemberSource.ROSTER: "单位名单",
    MemberSource.SELF: "自己报名",
}


class Door(StrEnum):
    """What whoever comes by themselves finds."""

    OPEN = "open"
    WAITING = "waiting"
    FULL = "full"
    LATE = "late"
    OVER = "over"


DOOR_NAMES: dict[Door, str] = {
    Door.OPEN: "正在报名",
    Door.WAITING: "名额已满，可以候补",
    Door.FULL: "名额和候补都满了",
    Door.LATE: "报名已截止",
    Door.OVER: "已结束",
}


def state_for(capacity: int, enrolled: int, waiting: int) -> MemberState:
    """What the next one becomes: nobody passes those who wait."""
    has_place = enrolled < capacity and not waiting
    return MemberState.ENROLLED if has_place else MemberState.WAITING


def moving_up(capacity: int, enrolled: int, queue: Sequence[Waiting]) -> Sequence[Waiting]:
    """Who of the queue, the first first, gets a place that is free."""
    return queue[: max(0, capacity - enrolled)]


def door_of(
    state: ClassState,
    enrol_until: dt.date | None,
    today: dt.date,
    *,
    capacity: int,
    enrolled: int,
    waiting: int,
) -> Door:
    """What the public finds at a class that is shown; the last day of enrolling still counts."""
    if state in OVER:
        return Door.OVER
    if enrol_until is None or today > enrol_until:
        return Door.LATE
    if state_for(capacity, enrolled, waiting) is MemberState.ENROLLED:
        return Door.OPEN
    return Door.WAITING if waiting < MOST_WAITING else Door.FULL
