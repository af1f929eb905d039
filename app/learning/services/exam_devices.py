"""On which device a paper is answered, and going on with it on another one."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import ConflictError
from app.learning.models.exams import ExamAttempt


def check(row: ExamAttempt, device_id: str) -> None:
    """What another device sends counts no more; one that came before devices were kept is free.

    Raises ConflictError.
    """
    if row.device_id not in {None, device_id}:
        raise ConflictError(
            "这次考试已经在您的另一台设备上继续，这里不能再答。", code="other_device",
            remedy="请在那台设备上答题，或者回到考试页在这里继续",
        )  # fmt: skip


def take_over(db: Session, row: ExamAttempt, device_id: str, *, now: dt.datetime) -> bool:
    """Go on here; tells whether the paper was on another device before."""
    if row.device_id == device_id:
        return False
    row.device_id = device_id
    db.flush()
    audit.record(
        db, "exam.taken_over", now=now, actor_id=row.learner_id, subject_id=row.id,
        device_id=device_id,
    )  # fmt: skip
    return True
