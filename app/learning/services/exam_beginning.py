"""How a paper is begun and gone on with, whatever it hangs on: a course's exam or a contest."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.first_rows import add_first
from app.core.ids import new_id
from app.learning.models.exams import ExamAttempt
from app.learning.rules.exam_checks import Why
from app.learning.rules.policy import StudyPolicy
from app.learning.services import exam_asking, exam_devices, exam_places
from app.learning.services.exam_drawing import Drawn
from app.learning.services.exam_papers import stored


def begin(
    db: Session, vault: Vault, row: ExamAttempt, policy: StudyPolicy, *, now: dt.datetime
) -> bool:
    """Enter a fresh attempt and ask who sits there; False where another request began one."""
    exam_places.begin(row, policy)
    if not add_first(db, row):
        return False
    audit.record(
        db, "exam.started", now=now, actor_id=row.learner_id, subject_id=row.id, number=row.number
    )
    exam_asking.raise_check(db, vault, row, policy, Why.BEGIN, now=now)
    return True


def fresh(
    drawn: Drawn, policy: StudyPolicy, *, learner_id: str, number: int, device_id: str,
    now: dt.datetime, last: dt.datetime | None = None,
) -> ExamAttempt:  # fmt: skip
    """An attempt with its own deadline, `last` at most; what it hangs on is the caller's to say."""
    item_s = policy.exam_item_s or drawn.seconds
    deadline = now + dt.timedelta(seconds=min(drawn.seconds, item_s * len(drawn.paper)))
    deadline = min(deadline, last or deadline)
    return ExamAttempt(
        id=new_id(now), learner_id=learner_id, number=number, paper=stored(drawn.paper),
        drawn=drawn.source, started_at=now, heard_at=now, deadline_at=deadline,
        closes_at=deadline + dt.timedelta(seconds=policy.exam_grace_s), state="open",
        device_id=device_id,
    )  # fmt: skip


def go_on(
    db: Session, vault: Vault, row: ExamAttempt, policy: StudyPolicy, device_id: str,
    *, now: dt.datetime,
) -> None:  # fmt: skip
    """Go on with an open paper on this device, and on no other."""
    exam_asking.resume(db, vault, row, now=now)
    if exam_devices.take_over(db, row, device_id, now=now):
        exam_asking.raise_check(db, vault, row, policy, Why.DEVICE, now=now)
