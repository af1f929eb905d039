"""Exams that were passed, as the log has them: what certificates are held against."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.log_audit import AT_ONCE
from app.learning.repository import audit as rows
from app.learning.services.exam_grading import EXAM_GRADED


@dataclass(frozen=True, slots=True)
class Passed:
    """One attempt that was passed: whose, with how much, and when that was written down."""

    learner_id: str | None
    score: int | None
    at: dt.datetime


def passed_exams(db: Session) -> Mapping[str, Sequence[Passed]]:
    """Every attempt that the log says was passed, by its enrolment; in one pass.

    Score and person are those of the event. The attempt alone is a row that anybody with the
    database can write; where it hangs is taken from the event too, since events say so.
    """
    found: dict[str, list[Passed]] = {}
    with rows.graded(db, EXAM_GRADED, at_once=AT_ONCE) as graded:
        for row in graded:
            facts = row.facts
            if facts["passed"] and facts.get("enrolment_id", row.enrolment_id) == row.enrolment_id:
                passed = Passed(row.actor_id, facts["score"], row.at)
                found.setdefault(row.enrolment_id, []).append(passed)
    return found
