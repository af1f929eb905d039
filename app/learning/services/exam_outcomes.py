"""How exams of many enrolments went, for whoever looks after the people."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.learning.repository import exams as rows

_PIECE = 500


def failed_in(db: Session, enrolment_ids: Sequence[str]) -> frozenset[str]:
    """Of these enrolments those with an exam that was failed, and none that was passed."""
    found: set[str] = set()
    for start in range(0, len(enrolment_ids), _PIECE):
        found |= rows.failed_in(db, enrolment_ids[start : start + _PIECE])
    return frozenset(found)
