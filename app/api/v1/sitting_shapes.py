"""What was seen of who sat at a paper, as the desk gets it."""

import datetime as dt

from app.api.answers import Answer


class CheckSeenOut(Answer):
    why: str
    method: str
    raised_at: dt.datetime
    took_ms: int
    tries: int
    verdict: str
    is_passed: bool


class AbsenceSeenOut(Answer):
    kind: str
    began_at: dt.datetime
    ms: int


class SittingOut(Answer):
    """Checks and absences in words; neither score nor answers."""

    attempt_id: str
    course_title: str
    number: int
    started_at: dt.datetime
    ended_at: dt.datetime | None
    checks: list[CheckSeenOut]
    absences: list[AbsenceSeenOut]
