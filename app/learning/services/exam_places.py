"""The open question of a paper whose questions have a limit each (rules/item_limits.py)."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.learning.models.exams import ExamAttempt
from app.learning.rules import item_limits as rules
from app.learning.rules.item_limits import Slot
from app.learning.rules.policy import StudyPolicy
from app.learning.services import exam_time
from app.learning.services.exam_footing import policy_of
from app.learning.services.exam_papers import paper_of

_MS = dt.timedelta(milliseconds=1)


def begin(row: ExamAttempt, policy: StudyPolicy) -> None:
    """Open the first question, where the policy sets a limit for each."""
    if policy.exam_item_s is not None:
        row.slots = _stored(rules.first(policy.exam_item_s * 1000))


def slots(db: Session, row: ExamAttempt, now: dt.datetime) -> tuple[Slot, ...]:
    """The questions that have opened by now; empty where they have no limit each."""
    item_s = policy_of(db, row).exam_item_s if row.slots is not None else None
    if row.slots is None or item_s is None:
        return ()
    found = rules.slots_of(row.slots)
    return rules.settle(found, _ms(row, now), item_s * 1000, len(row.paper))


def left_ms(db: Session, row: ExamAttempt, now: dt.datetime) -> int | None:
    """What is left of the open question's time; None without a limit."""
    found = slots(db, row, now)
    return rules.left_ms(found, _ms(row, now)) if found else None


def check(db: Session, row: ExamAttempt, item_id: str, arrived_at: dt.datetime) -> None:
    """Raises ConflictError for a question that is not open: over, left, or not come yet.

    One that an open check has lent time to waits for the check (`check_open`).
    """
    found = slots(db, row, arrived_at)
    if not found:
        return
    place = [asked.item_id for asked in paper_of(row)].index(item_id)
    grace_ms = policy_of(db, row).exam_grace_s * 1000
    at_ms = _ms(row, arrived_at)
    if not rules.may_answer(found, place, at_ms, grace_ms, exam_time.lent_ms(db, row, place)):
        if rules.may_answer(found, place, at_ms, grace_ms):
            raise exam_time.waiting("这道题的时间到了，剩下的时间只够核对身份。")
        raise ConflictError(
            "这道题的时间已经过了，不能再答。", code="item_over", remedy="请答现在这一题"
        )


def go_on(db: Session, row: ExamAttempt, place: int, *, now: dt.datetime) -> None:
    """Leave the question at a place; one that is behind already stays so (a second tap)."""
    found = slots(db, row, now)
    item_s = policy_of(db, row).exam_item_s
    if found and item_s is not None and place == len(found) - 1:
        row.slots = _stored(rules.go_on(found, _ms(row, now), item_s * 1000, len(row.paper)))
        db.flush()


def open_place(db: Session, row: ExamAttempt, now: dt.datetime) -> int | None:
    """Where the question is whose time runs, from 0; None without limits, and after the last."""
    found = slots(db, row, now)
    return len(found) - 1 if found and rules.left_ms(found, _ms(row, now)) else None


def put_off(
    db: Session, row: ExamAttempt, place: int, by: dt.timedelta, *, now: dt.datetime
) -> None:
    """Give the question at a place more time, or take it back."""
    found = slots(db, row, now)
    if found:
        row.slots = _stored(rules.put_off(found, place, by // _MS, _ms(row, now)))


def _ms(row: ExamAttempt, now: dt.datetime) -> int:
    return (now - row.started_at) // _MS


def _stored(found: tuple[Slot, ...]) -> list[list[int]]:
    return [slot.stored for slot in found]
