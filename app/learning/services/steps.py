"""Steps of an enrolment: told to who keeps running totals of them, and read for many at once.

Floors above keep their own totals (an employer's matrix); arrows point down, so they are told
through the outbox, by a job that is written in the transaction in which the step was made.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.errors import NotFoundError
from app.learning.models.catalogue import Enrolment
from app.learning.repository import steps as rows
from app.learning.repository.steps import RoundRow
from app.learning.rules.moments import moment_of
from app.learning.rules.states import Cut
from app.learning.rules.wording import CUTS

STEP = "note_step"
_AT_ONCE = 1000
_QUIET = frozenset({Cut.PAUSED, Cut.REPEATED})
"""Pauses and what was counted before are no loss: nobody is told of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far the newest round of a course has come; times are aware UTC."""

    enrolment_id: str
    learner_id: str
    round: int
    required_ms: int
    confirmed_ms: int
    exam_passed: bool
    started_at: dt.datetime
    completed_at: dt.datetime | None
    studied_at: dt.datetime | None
    """None before it was begun."""
    rounds: tuple[str, ...]
    """The enrolments of all rounds, the newest last."""

    @property
    def is_done(self) -> bool:
        return self.exam_passed and self.confirmed_ms >= self.required_ms


@dataclass(frozen=True, slots=True)
class Lost:
    """Time of one day that was not counted, for one reason."""

    sentence: str
    ms: int
    granted_ms: int


@dataclass(frozen=True, slots=True)
class CourseDay:
    """One local day of an enrolment: what the ledger holds, and what was not counted."""

    day: dt.date
    confirmed_ms: int
    lost: tuple[Lost, ...]


def note(db: Session, enrolment_id: str, *, now: dt.datetime) -> None:
    """Write down that a step was made: begun, studied, time entered, an exam, a certificate."""
    outbox.enqueue(db, STEP, now=now, key=f"step:{enrolment_id}", enrolment_id=enrolment_id)


def newest(db: Session, enrolment_ids: Sequence[str]) -> dict[str, Step]:
    """Tell of each enrolment how the newest round of its course stands for its learner.

    Asked piece by piece, for a statement takes 65,535 values at the most.
    """
    found: dict[str, Step] = {}
    for start in range(0, len(enrolment_ids), _AT_ONCE):
        found |= _newest(db, enrolment_ids[start : start + _AT_ONCE])
    return found


def _newest(db: Session, enrolment_ids: Sequence[str]) -> dict[str, Step]:
    rounds: dict[str, list[RoundRow]] = {}
    for row in rows.every_round(db, enrolment_ids):
        rounds.setdefault(row[0], []).append(row)
    ids = sorted({of_course[-1][1] for of_course in rounds.values()})
    confirmed, heard = rows.confirmed_ms(db, ids), rows.heard_ms(db, ids)
    passed = rows.passed(db, ids)
    found = {}
    for enrolment_id, of_course in rounds.items():
        _, newest_id, number, required_ms, started_at, completed_at, learner_id = of_course[-1]
        found[enrolment_id] = Step(
            enrolment_id=newest_id, learner_id=learner_id, round=number, required_ms=required_ms,
            confirmed_ms=confirmed.get(newest_id, 0), exam_passed=newest_id in passed,
            started_at=started_at, completed_at=completed_at,
            studied_at=moment_of(heard[newest_id]) if newest_id in heard else None,
            rounds=tuple(row[1] for row in of_course),
        )  # fmt: skip
    return found


def pending_ms(db: Session, enrolment_ids: Sequence[str]) -> dict[str, int]:
    """Tell of each enrolment how much of its time waits for a check, in milliseconds."""
    found = dict.fromkeys(enrolment_ids, 0)
    for start in range(0, len(enrolment_ids), _AT_ONCE):
        found |= rows.pending_ms(db, enrolment_ids[start : start + _AT_ONCE])
    return found


def whose(db: Session, enrolment_ids: Collection[str]) -> set[tuple[str, str]]:
    """Tell the learners and the courses of enrolments."""
    return rows.whose(db, enrolment_ids)


def days(db: Session, enrolment_id: str) -> tuple[CourseDay, ...]:
    """Return the days on which something was counted or refused, the newest first.

    Raises NotFoundError.
    """
    row = db.get(Enrolment, enrolment_id)
    if row is None:
        raise NotFoundError("没有这条报名记录。", remedy="请刷新后再试")
    confirmed = dict(rows.days_of(db, enrolment_id))
    lost: dict[dt.date, list[Lost]] = {}
    for day, code, ms, granted_ms in rows.cuts_of(db, row.learner_id, enrolment_id):
        if Cut(code) not in _QUIET:
            lost.setdefault(day, []).append(Lost(CUTS[Cut(code)], ms, granted_ms))
    return tuple(
        CourseDay(day, confirmed.get(day, 0), tuple(lost.get(day, ())))
        for day in sorted(confirmed.keys() | lost.keys(), reverse=True)
    )
