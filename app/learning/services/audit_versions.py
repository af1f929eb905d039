"""The auditor's look at courses: what was published still says what the log names by its hash."""

from sqlalchemy.orm import Session

from app.core import audit
from app.core.log_audit import DifferenceError
from app.learning.repository import versions as rows
from app.learning.services.versions import PUBLISHED, content_hash_of


def check_versions(db: Session) -> int:
    """Compare every published version with its event in the log; returns how many were compared.

    What was published before there were versions has no event. Raises DifferenceError.
    """
    events = audit.events_named(db, PUBLISHED)
    for event in events:
        course_id, number = str(event.subject_id), int(event.facts["number"])
        version = rows.numbered(db, course_id, number)
        if version is None:
            raise _differs(course_id, f"version {number} is missing, but the log has it published")
        if content_hash_of(db, version) != event.facts["content"]:
            raise _differs(version.id, f"version {number} does not say what was published")
        if version.reviewer_id != event.actor_id:
            raise _differs(version.id, f"version {number} was published by somebody else")
    return len(events)


def _differs(record: str, sentence: str) -> DifferenceError:
    return DifferenceError("course_version", record, sentence)
