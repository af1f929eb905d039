"""How an assignment stands on a day: done, on the way, due soon, overdue, or not begun."""

import datetime as dt
from enum import StrEnum

from app.learning.rules.wording import amount

SOON = dt.timedelta(days=7)
IDLE = dt.timedelta(days=7)
"""Without study for as long as this, a person needs a word though no deadline presses."""
LATE = -1
STAGES = (LATE, 1, 7)
"""Days before the due day on which a person is reminded, the day after it too; latest first."""
_LATE_FOR = dt.timedelta(days=7)
FURTHEST = dt.timedelta(days=3 * 366)


class Progress(StrEnum):
    WAITING = "waiting"  # the person has not joined yet
    STUDYING = "studying"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    DONE = "done"


PROGRESS_NAMES = {
    Progress.WAITING: "待本人确认",
    Progress.STUDYING: "学习中",
    Progress.DUE_SOON: "即将到期",
    Progress.OVERDUE: "已逾期",
    Progress.DONE: "已完成",
}


def progress_of(
    *, due_on: dt.date | None, today: dt.date, is_done: bool, has_joined: bool
) -> Progress:
    """Judge one assignment of one person; the due day itself still belongs to the person.

    A round without a due day, which the person began by themselves, is never late.
    Who has not joined waits, whatever the day: nothing of their study is the employer's to judge.
    """
    if not has_joined:
        return Progress.WAITING
    if is_done:
        return Progress.DONE
    if due_on is None:
        return Progress.STUDYING
    if today > due_on:
        return Progress.OVERDUE
    return Progress.DUE_SOON if due_on - today <= SOON else Progress.STUDYING


def due_days(stage: int, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last due day whose people are reminded at a stage today.

    Of what is late a week counts: whoever could not be told for longer is on the employer's list.
    """
    if stage == LATE:
        return today - _LATE_FOR, today - dt.timedelta(days=1)
    return today, today + dt.timedelta(days=stage)


def missing(left_ms: int, *, exam_passed: bool) -> str:
    """Say what is still to be done, as it follows 还差; empty where nothing is.

    A second that has begun is still missing whole: nobody is told less than there is.
    """
    seconds = -(-max(0, left_ms) // 1000)
    parts = [f" {amount(seconds * 1000)}的学习"] if seconds else []
    if not exam_passed:
        parts.append("考试")
    return "和".join(parts)


def is_possible(due_on: dt.date, *, today: dt.date) -> bool:
    """A deadline lies between today and three years from now."""
    return today <= due_on <= today + FURTHEST
