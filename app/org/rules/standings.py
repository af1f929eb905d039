"""How a share of an assignment is kept, and its traffic light on a day.

What is kept does not depend on the day: due soon and overdue follow from it, so that no row is
written when a day ends.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.org.rules.deadlines import PROGRESS_NAMES, SOON, Progress

NO_DAY = dt.date(9999, 12, 31)
"""Stands where no share of a person presses, so that days can be sorted and compared."""


class Standing(StrEnum):
    """What is kept of a share."""

    WAITING = "waiting"  # the person has not joined yet
    OPEN = "open"  # studied, and due on the assignment's day
    FREE = "free"  # a round that the person began by themselves: it has no day
    DONE = "done"
    OUT = "out"  # not counted: the person left, or a later round is asked for


class Light(StrEnum):
    """The colour in which a cell is shown; each has a word and a sign as well."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BLUE = "blue"
    GREY = "grey"


LIGHTS = {
    Progress.DONE: Light.GREEN,
    Progress.STUDYING: Light.AMBER,
    Progress.DUE_SOON: Light.AMBER,
    Progress.OVERDUE: Light.RED,
    Progress.WAITING: Light.BLUE,
}
"""Without a share a cell is grey."""


def standing_of(
    *, is_newest: bool, has_left: bool, has_joined: bool, is_done: bool, is_asked: bool
) -> Standing:
    """Judge a share, whatever the day.

    `is_newest`: no later round of the course is asked for; `is_asked`: the round that is seen is
    the one that was asked for, and not one that the person began by themselves.
    """
    if has_left or not is_newest:
        return Standing.OUT
    if not has_joined:
        return Standing.WAITING
    if is_done:
        return Standing.DONE
    return Standing.OPEN if is_asked else Standing.FREE


def progress_on(standing: Standing, due_on: dt.date, today: dt.date) -> Progress:
    """How a share that is counted stands on a day; the due day still belongs to the person.

    Raises ValueError for one that is not counted.
    """
    if standing is Standing.OUT:
        raise ValueError("a share that is not counted has no progress")
    if standing is Standing.WAITING:
        return Progress.WAITING
    if standing is Standing.DONE:
        return Progress.DONE
    if standing is Standing.FREE:
        return Progress.STUDYING
    if today > due_on:
        return Progress.OVERDUE
    return Progress.DUE_SOON if due_on - today <= SOON else Progress.STUDYING


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """All that is asked of one person, summed up; `next_due_on` is NO_DAY where nothing presses."""

    asked: int
    left: int
    next_due_on: dt.date
    has_joined: bool


def progress_of_person(burden: Burden, today: dt.date) -> Progress | None:
    """The most pressing of a person's shares; None where nothing is asked of them."""
    if not burden.asked:
        return None
    if not burden.has_joined:
        return Progress.WAITING
    if not burden.left:
        return Progress.DONE
    return progress_on(Standing.OPEN, burden.next_due_on, today)


def cell_words(
    progress: Progress, *, confirmed_ms: int, required_ms: int | None, due_on: dt.date | None,
    today: dt.date,
) -> str:  # fmt: skip
    """What a cell says, on the page and in every file: how it stands, and how far it has come."""
    if progress in (Progress.DONE, Progress.WAITING):
        return PROGRESS_NAMES[progress]
    percent = min(100, confirmed_ms * 100 // max(1, required_ms or 0)) if required_ms else 0
    if due_on is None or progress is Progress.STUDYING:
        return f"{percent}%"
    days = (due_on - today).days
    if days < 0:
        return f"逾期 {-days} 天 · {percent}%"
    return f"还有 {days} 天 · {percent}%" if days else f"今天截止 · {percent}%"
