"""What a release was bound to: found again from the stored checks and reports (R20)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core import audit
from app.learning.models.ledger import LedgerEntry
from app.learning.repository import audit as audit_rows
from app.learning.rules.ledger import Standing, binding


def checks_of(db: Session, learner_id: str) -> list[str]:
    """All that may have released a learner's time: checks, and reviews by people."""
    decided = audit.events_about(db, "study.review_decided", learner_id)
    reviews = [f"review:{event.facts['hold_id']}:{event.actor_id}" for event in decided]
    return [*audit_rows.checks_of(db, learner_id), *reviews]


def bound_to(
    entry: LedgerEntry, checks: Sequence[str], stood: Sequence[Standing]
) -> tuple[str, Standing] | None:
    """The check and the standing that an entry's hash is made of; None where none of them fits.

    The newest are tried first: most releases are of a session's last reports.
    """
    for standing in reversed(stood):
        for check in checks:
            if binding(check, entry.session_id, standing) == entry.evidence_hash:
                return check, standing
    return None
