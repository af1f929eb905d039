"""A learner's days: what was confirmed, and every stretch that was not, with its reason."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.rules.local_days import local_day
from app.learning.repository import study as rows
from app.learning.rules.states import Cut
from app.learning.rules.wording import CUTS
from app.learning.services import ledger

_QUIET = frozenset({Cut.PAUSED, Cut.REPEATED})


@dataclass(frozen=True, slots=True)
class CutLine:
    first_at: dt.datetime
    last_at: dt.datetime
    lesson_title: str
    ms: int
    sentence: str
    cut_id: str
    granted_ms: int


@dataclass(frozen=True, slots=True)
class Day:
    day: dt.date
    confirmed_ms: int
    cuts: tuple[CutLine, ...]


def days(db: Session, learner_id: str, *, now: dt.datetime, count: int = 30) -> tuple[Day, ...]:
    """Return the days on which something was counted or refused, the newest first.

    Pauses and what was counted before are no loss, so they are not listed.
    """
    today = local_day(now)
    first = today - dt.timedelta(days=count - 1)
    confirmed: dict[dt.date, int] = {}
    for line in ledger.hours_by_day(db, learner_id, first_day=first, last_day=today):
        confirmed[line.day] = confirmed.get(line.day, 0) + line.ms
    cuts = [
        cut
        for cut in rows.list_cuts(db, learner_id, first_day=first, last_day=today)
        if Cut(cut.code) not in _QUIET
    ]
    titles = rows.lesson_titles(db, sorted({cut.lesson_id for cut in cuts}))
    found: dict[dt.date, list[CutLine]] = {}
    for cut in cuts:
        line_of = CutLine(
            cut.first_at, cut.last_at, titles.get(cut.lesson_id, ""), cut.ms, CUTS[Cut(cut.code)],
            cut.id, cut.granted_ms,
        )  # fmt: skip
        found.setdefault(cut.day, []).append(line_of)
    return tuple(
        Day(day, confirmed.get(day, 0), tuple(found.get(day, ())))
        for day in sorted(confirmed.keys() | found.keys(), reverse=True)
    )
