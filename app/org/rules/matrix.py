"""What is asked of the matrix of people and courses: which rows, which columns, in which order."""

from dataclasses import dataclass
from enum import StrEnum

SIZE = 20
"""People on a page."""
COLUMNS = 8
"""Courses that are shown where none were chosen: those with the nearest deadlines."""
ALL = "all"
"""In the place of courses: every column there is."""


class Sort(StrEnum):
    UNIT = "unit"
    DUE = "due"  # who is pressed most comes first
    LEFT = "left"  # who has most before them comes first


SORT_NAMES = {Sort.UNIT: "部门", Sort.DUE: "截止日期近的在前", Sort.LEFT: "没学完的多的在前"}


class State(StrEnum):
    """How a row or a cell has to stand to be listed."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    STUDYING = "studying"
    WAITING = "waiting"
    DONE = "done"
    NOT_ASKED = "not_asked"


STATE_NAMES = {
    State.OVERDUE: "已逾期",
    State.DUE_SOON: "即将到期",
    State.STUDYING: "学习中",
    State.WAITING: "待本人确认",
    State.DONE: "已完成",
    State.NOT_ASKED: "没有指派",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address says: the page, the table and the file of one address show the same.

    `unit` takes what is below it along (`公司/一车间`), `tag` is a word of the organisation's own.
    `state` is a person's most pressing one, or where courses are chosen that of any of these cells.
    `courses` are ids, in no order.
    """

    unit: str = ""
    position: str = ""
    tag: str = ""
    text: str = ""
    state: State | None = None
    courses: tuple[str, ...] = ()
    sort: Sort = Sort.UNIT

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.unit or self.position or self.tag or self.text or self.state)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind one person, or with `is_before` in front of them."""

    staff_id: str
    is_before: bool = False
