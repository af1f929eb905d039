"""What a course's completion rests on: the facts that a certificate may state."""

import datetime as dt
from dataclasses import dataclass


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
        is_studied = self.confirmed_ms >= self.required_ms
        return is_studied and self.exam_passed and not self.has_open_hold
