"""What a course's completion rests on: the facts that a certificate may state."""

import datetime as dt
from dataclasses import dataclass


def is_complete(
    confirmed_ms: int, required_ms: int, *, exam_passed: bool, has_open_hold: bool
) -> bool:
    """Hours and exam are both there, and nothing is in doubt."""
    return confirmed_ms >= required_ms and exam_passed and not has_open_hold


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionFacts:
    """Taken from the ledger, the exam and the frozen policy; nothing is computed elsewhere."""

    enrolment_id: str
    learner_id: str
    course_id: str
    course_title: str
    cluster_code: str
    cluster_name: str
    programme: str
    institution: str
    certificate_type: str
    validity_months: int | None
    required_ms: int
    confirmed_ms: int
    hour_s: int
    stated_hours: str
    score: int | None
    pass_mark: int
    exam_attempt_id: str | None
    exam_passed: bool
    started_at: dt.datetime
    completed_at: dt.datetime | None
    has_open_hold: bool
    policy_version: str
    basis: str
    evidence_hash: str

    @property
    def is_complete(self) -> bool:
        """Hours and exam are both there, and nothing is in doubt."""
        return is_complete(
            self.confirmed_ms, self.required_ms, exam_passed=self.exam_passed,
            has_open_hold=self.has_open_hold,
        )  # fmt: skip
