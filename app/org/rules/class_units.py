"""The plan of a class 教学计划: dated units of teaching, on line or in a place with roll calls."""

import datetime as dt
from dataclasses import dataclass

from app.org.rules.classes import ClassFlawError

MOST_UNITS = 200
MOST_MINUTES = 12 * 60
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: its day and first minute of that day (both in Shanghai), how long, what, where.

    An empty place means on line: nobody calls the roll there.
    """

    day: dt.date
    starts_at: int
    minutes: int
    topic: str
    place: str

    @property
    def said(self) -> str:
        """The unit in one line, as changes are written down."""
        where = self.place or "线上"
        when = f"{self.day.isoformat()} {clock(self.starts_at)}"
        return f"{when}，{self.minutes} 分钟，{self.topic}，{where}"


def clock(minute: int) -> str:
    """The minute of a day as 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def check(unit: Unit, *, starts_on: dt.date, ends_on: dt.date) -> Unit:
    """Look a unit through against the days of its class and tidy it. Raises ClassFlawError."""
    topic = " ".join(unit.topic.split())
    if len(topic) < 2:
        raise ClassFlawError("topic", "课次的内容太短。", "请写出这一次教什么")
    if not starts_on <= unit.day <= ends_on:
        raise ClassFlawError(
            "day", "日期不在开班和结班之间。",
            f"请选 {starts_on.isoformat()} 到 {ends_on.isoformat()} 之间的日期",
        )  # fmt: skip
    if not 1 <= unit.minutes <= MOST_MINUTES:
        raise ClassFlawError("minutes", "一次课应在 1 到 720 分钟之间。", "请改正时长")
    if not 0 <= unit.starts_at < MIDNIGHT or unit.starts_at + unit.minutes > MIDNIGHT:
        raise ClassFlawError("minutes", "课次超过了当天的 24 点。", "请改正开始时间或时长")
    return Unit(
        day=unit.day, starts_at=unit.starts_at, minutes=unit.minutes, topic=topic,
        place=" ".join(unit.place.split()),
    )  # fmt: skip


def read_clock(text: str) -> int:
    """The minute of a day that 09:30 means. Raises ClassFlawError."""
    hour, colon, minute = text.strip().replace("：", ":").partition(":")
    if not (colon and hour.isascii() and minute.isascii() and hour.isdigit() and minute.isdigit()):
        raise ClassFlawError("starts", "看不懂开始时间。", "请写成 09:30 这样")
    found = int(hour) * 60 + int(minute)
    if int(hour) > 23 or int(minute) > 59:
        raise ClassFlawError("starts", "没有这个时间。", "请写成 09:30 这样")
    return found
