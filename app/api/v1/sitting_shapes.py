"""What was seen of who sat at a paper, as the desk gets it."""

import datetime as dt
from dataclasses import asdict
from typing import Self

from pydantic import BaseModel

from app.learning.services.exam_reviews import SittingSeen


class CheckSeenOut(BaseModel):
    why: str
    method: str
    raised_at: dt.datetime
    took_ms: int
    tries: int
    verdict: str
    is_passed: bool


class AbsenceSeenOut(BaseModel):
    kind: str
    began_at: dt.datetime
    ms: int


class SittingOut(BaseModel):
    """Checks and absences in words; neither score nor answers."""

    attempt_id: str
    course_title: str
    number: int
    started_at: dt.datetime
    ended_at: dt.datetime | None
    checks: list[CheckSeenOut]
    absences: list[AbsenceSeenOut]

    @classmethod
    def of(cls, seen: SittingSeen) -> Self:
        return cls.model_validate(asdict(seen))
