"""How much of an open paper's time is its own, and what an open check has only lent."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.learning.models.exams import ExamAttempt
from app.learning.repository import exam_checks as rows

_MS = dt.timedelta(milliseconds=1)


def require(db: Session, row: ExamAttempt, arrived_at: dt.datetime) -> None:
    """Raises ConflictError where the paper takes nothing more, or waits for an open check.

    What a check lends is there to answer the check in. Questions get of it what a pass leaves, and
    not before: whatever came of it, answers taken meanwhile would stay.
    """
    if row.state != "open" or arrived_at > row.closes_at:
        raise ConflictError("这次考试已经结束。", code="exam_over", remedy="请看成绩页")
    check = rows.open_check(db, row.id)
    if check is not None and arrived_at > row.closes_at - check.lent_ms * _MS:
        raise waiting("答题时间到了，剩下的时间只够核对身份。")


def lent_ms(db: Session, row: ExamAttempt, place: int) -> int:
    """What an open check has lent to the question at a place, from 0."""
    check = rows.open_check(db, row.id)
    return check.lent_ms if check is not None and check.place == place else 0


def waiting(sentence: str) -> ConflictError:
    return ConflictError(
        sentence, code="check_open", remedy="请先完成身份核对；核对通过后，这道题会再交一次"
    )
