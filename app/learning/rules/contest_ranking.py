"""Ranking of a round: by exact points, then by the time used; ties share a place.

Only what stands is ranked: a paper that is open, being marked, held for a person or void is not.
The time is the server's, without what checks took that came by no doing of the learner's.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.learning.rules.contests import Advance

GRADED = "graded"


class NotReady(StrEnum):
    """Why no ranking can be published yet."""

    WINDOW = "window"
    OPEN = "open"
    MARKING = "marking"
    HELD = "held"


NOT_READY_NAMES: dict[NotReady, str] = {
    NotReady.WINDOW: "这一场还没有结束",
    NotReady.OPEN: "还有 {count} 份答卷没有交",
    NotReady.MARKING: "还有 {count} 份答卷的简答题没有评完",
    NotReady.HELD: "还有 {count} 份答卷在人工复核",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """One try at a round; `used_ms` by the server's clock.

    `earned` is the exact share of its points: two with the same `score` may differ by a question.
    """

    entry_id: str
    number: int
    state: str
    score: int | None
    used_ms: int
    earned: Fraction


@dataclass(frozen=True, slots=True)
class Placed:
    """Whoever has a result, with their place from 1."""

    entry_id: str
    place: int
    score: int
    used_ms: int


def used_ms(
    started_at: dt.datetime, ended_at: dt.datetime, deadline_at: dt.datetime,
    given_back: dt.timedelta,
) -> int:  # fmt: skip
    """How long somebody answered: never beyond the deadline, less what our checks took."""
    spent = min(ended_at, deadline_at) - started_at - given_back
    return max(0, spent // dt.timedelta(milliseconds=1))


def not_answered_in(
    back: dt.timedelta, raised_at: dt.datetime, settled_at: dt.datetime,
    answered_at: Iterable[dt.datetime],
) -> dt.timedelta:  # fmt: skip
    """What of the time that a check gives back nobody answered in.

    Answers are taken while a check waits: up to the last of them, the time was the learner's own.
    """
    meanwhile = [at for at in answered_at if raised_at < at <= settled_at]
    return min(back, settled_at - max(meanwhile, default=raised_at))


def best(papers: Iterable[Paper]) -> dict[str, Paper]:
    """The paper that counts of each entry: the most points, then the shortest time."""
    found: dict[str, Paper] = {}
    for each in papers:
        if each.state != GRADED or each.score is None:
            continue
        known = found.get(each.entry_id)
        if known is None or _order(each) < _order(known):
            found[each.entry_id] = each
    return found


def _order(paper: Paper) -> tuple[Fraction, int, int]:
    return -paper.earned, paper.used_ms, paper.number


def ranked(papers: Iterable[Paper]) -> tuple[Placed, ...]:
    """Everybody with a result; 1, 2, 2, 4: who is alike in both shares a place."""
    standing = sorted(best(papers).values(), key=lambda each: (*_order(each)[:2], each.entry_id))
    found: list[Placed] = []
    for index, each in enumerate(standing):
        is_tie = index > 0 and _order(standing[index - 1])[:2] == _order(each)[:2]
        place = found[-1].place if is_tie else index + 1
        found.append(Placed(each.entry_id, place, each.score or 0, each.used_ms))
    return tuple(found)


def going_on(placed: Sequence[Placed], advance: Advance | None, value: int) -> frozenset[str]:
    """Who goes on to the next round; of a tie at the last place all do."""
    if advance is None:
        return frozenset()
    if advance is Advance.SCORE:
        return frozenset(each.entry_id for each in placed if each.score >= value)
    return frozenset(each.entry_id for each in placed if each.place <= value)


def not_ready(states: Iterable[str], *, is_over: bool) -> tuple[str, ...]:
    """What a ranking waits for, in sentences; empty where it can be published."""
    counts = Counter(states)
    found = [
        NOT_READY_NAMES[each].format(count=counts[each.value])
        for each in (NotReady.OPEN, NotReady.MARKING, NotReady.HELD)
        if counts[each.value]
    ]
    return (*([] if is_over else [NOT_READY_NAMES[NotReady.WINDOW]]), *found)
