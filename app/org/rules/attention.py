"""Who needs a word today: late, nearly late, or stuck, and what stands in the way.

Issue “Employers and institutions”, part 3: overdue, due soon, stuck (why). Days are whole days of
Asia/Shanghai, times of study milliseconds.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.org.rules.deadlines import IDLE, Progress

JOIN_WITHIN_DAYS = 3
"""Who has not said yes to the employer for as long as this is stuck there."""
EXAM_WITHIN_DAYS = 3
"""Whose hours are full sits the exam within as long as this, or is stuck before it."""
CHECK_WITHIN_DAYS = 2
"""Time that waits for a check expires; who has not come back for as long as this is stuck."""


class Pressing(StrEnum):
    """On which of the three lists a person and course stand."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    STUCK = "stuck"


class Reason(StrEnum):
    """What stands in the way, the one to be mended first before the others."""

    NOT_JOINED = "not_joined"
    HELD = "held"  # no check of who it is was passed, or people are looking at it
    HOURS_PENDING = "hours_pending"  # time waits for a check
    EXAM_FAILED = "exam_failed"
    EXAM_LEFT = "exam_left"  # the hours are full, the exam is not sat
    NOT_BEGUN = "not_begun"
    IDLE = "idle"  # no session for days


PRESSING_NAMES = {
    Pressing.OVERDUE: "已逾期",
    Pressing.DUE_SOON: "即将到期",
    Pressing.STUCK: "卡住了",
}
REASON_NAMES = {
    Reason.NOT_JOINED: "本人还没有确认加入",
    Reason.HELD: "身份核对没有完成",
    Reason.HOURS_PENDING: "有学时等待核对",
    Reason.EXAM_FAILED: "考试没有通过",
    Reason.EXAM_LEFT: "学时已满，还没考试",
    Reason.NOT_BEGUN: "还没有开始学",
    Reason.IDLE: "很久没有学习",
}
REMEDIES = {
    Reason.NOT_JOINED: "登录后在“我的”里确认加入单位，确认后才开始计学时",
    Reason.HELD: "进入课程完成身份核对；已转人工的，等“消息”里的结果",
    Reason.HOURS_PENDING: "进入课程完成一次身份核对，这些时间才会计入",
    Reason.EXAM_FAILED: "看看错在哪里，再考一次",
    Reason.EXAM_LEFT: "学时已经够了，考试通过就完成",
    Reason.NOT_BEGUN: "打开课程，从第一节开始",
    Reason.IDLE: "接着上次的地方学",
}
"""What the person can do about each, in words to the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stands in one course. `required_ms` is None before the person has joined."""

    progress: Progress
    idle_days: int
    confirmed_ms: int
    pending_ms: int
    required_ms: int | None
    exam_passed: bool
    exam_failed: bool
    is_held: bool


def reasons_of(standing: Standing) -> tuple[Reason, ...]:
    """All that stands in the way, the first to be mended first; nothing of who is through."""
    if standing.progress is Progress.DONE:
        return ()
    if standing.progress is Progress.WAITING:
        return (Reason.NOT_JOINED,) if standing.idle_days >= JOIN_WITHIN_DAYS else ()
    is_full = standing.required_ms is not None and standing.confirmed_ms >= standing.required_ms
    has_studied = standing.confirmed_ms + standing.pending_ms > 0
    is_idle = standing.idle_days >= IDLE.days and not is_full
    holds = {
        Reason.HELD: standing.is_held,
        Reason.HOURS_PENDING: standing.pending_ms > 0 and standing.idle_days >= CHECK_WITHIN_DAYS,
        Reason.EXAM_FAILED: standing.exam_failed and not standing.exam_passed,
        Reason.EXAM_LEFT: (
            is_full and not standing.exam_passed and not standing.exam_failed
            and standing.idle_days >= EXAM_WITHIN_DAYS
        ),
        Reason.NOT_BEGUN: is_idle and not has_studied,
        Reason.IDLE: is_idle and has_studied,
    }  # fmt: skip
    return tuple(reason for reason in Reason if holds.get(reason, False))


def pressing_of(standing: Standing) -> Pressing | None:
    """The list that a person and course belong to; None where no word is needed.

    A deadline goes before everything that stands in the way of it: each stands on one list.
    """
    if standing.progress is Progress.OVERDUE:
        return Pressing.OVERDUE
    if standing.progress is Progress.DUE_SOON:
        return Pressing.DUE_SOON
    return Pressing.STUCK if reasons_of(standing) else None
