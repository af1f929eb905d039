"""What a session leaves for risk: where it was opened, and at its end the wish for a score."""

import datetime as dt

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.crypto import Vault
from app.identity.rules.local_days import local_day
from app.learning.models.risk import StudyPlace
from app.learning.models.study import StudySession
from app.learning.rules.places import neighbourhood

SCORE = "score_risk"


def note(db: Session, vault: Vault, session: StudySession, address: str) -> None:
    """Keep a session's device and a keyed hash of its network, never the address itself."""
    near = neighbourhood(address)
    db.add(
        StudyPlace(
            session_id=session.id, learner_id=session.learner_id, device_id=session.device_id,
            place=vault.blind_index(near, context="study_place") if near else None,
            opened_at=session.opened_at,
        )
    )  # fmt: skip


def ask_for_score(db: Session, session: StudySession, *, now: dt.datetime) -> None:
    """Once a learner and day, however many of its sessions end before the job is done."""
    day = local_day(session.opened_at).isoformat()
    outbox.enqueue(
        db, SCORE, now=now, key=f"risk:{session.learner_id}:{day}",
        learner_id=session.learner_id, day=day,
    )  # fmt: skip
