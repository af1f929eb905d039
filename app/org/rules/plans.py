"""The annual plan of training 职工培训年度计划: what a line may say, and what became of it.

川经信宣教函〔2020〕645号 二（二）: employers make a plan of their people's training for the year.
"""

import datetime as dt
from dataclasses import dataclass

FIRST_YEAR, LAST_YEAR = 2020, 2100
MOST_HEADS = 1_000_000
MOST_YUAN = 1_000_000_000
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a line, at which field, and what to do."""

    field: str
    sentence: str
    remedy: str


def flaw_of(*, heads: int, budget_yuan: int) -> Flaw | None:
    """The first thing that is wrong with a line's numbers; None where nothing is."""
    if not 1 <= heads <= MOST_HEADS:
        return Flaw("/heads", f"人数应是 1 到 {MOST_HEADS:,}。", "请重新填写人数")
    if not 0 <= budget_yuan <= MOST_YUAN:
        return Flaw("/budget_yuan", f"预算应是 0 到 {MOST_YUAN:,} 元。", "请重新填写预算")
    return None


def span_of(year: int, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
    """The moments of a year's beginning and end, by the calendar of a zone."""
    first = dt.datetime(year, 1, 1, tzinfo=zone)
    return first.astimezone(dt.UTC), first.replace(year=year + 1).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Actual:
    """Of how many people a line's course was asked in its year, who began, and who is through."""

    asked: int
    begun: int
    done: int


def percent(done: int, heads: int) -> int:
    """How far a plan is done, in whole percent; more than was planned is a hundred."""
    return min(100, done * 100 // max(1, heads))
