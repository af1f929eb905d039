"""Sealing: when a session has ended, its evidence becomes one small value (R20)."""

import datetime as dt
import logging

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.learning.models.study import StudyEvidence, StudySession
from app.learning.repository import evidence as rows
from app.learning.rules.sealing import Kept, seal, unseal
from app.learning.services import evidence

_log = logging.getLogger("shixue.evidence")
# The last answer may still be on its way, and whoever asks for it again is spared the unpacking.
_REST = dt.timedelta(minutes=1)
# Few at a time: a thread that goes to the database again and again keeps the interpreter from the
# others of its process, one of which may hold the database's lock, until it writes (a thousand
# sessions by fifty: fifty milliseconds each time).
_AT_ONCE = 2


def seal_ended(database: Database, vault: Vault, *, now: dt.datetime, most: int = _AT_ONCE) -> int:
    """Seal the evidence of sessions that ended; returns how many were dealt with.

    Looking and packing is done beside the transaction, which only puts the one in place of the
    other. What is no whole chain stays as it is, for `audit verify` to name.
    """
    with database.reading() as db:
        ended = rows.unsealed_sessions(db, now - _REST, most)
        made = {session.id: _sealed(db, vault, session, now) for session in ended}
    if not made:
        return 0
    with database.transaction() as db:
        for session_id in (session_id for session_id, row in made.items() if row is None):
            _log.error("evidence is unsound", extra={"session_id": session_id})
            audit.record(
                db, "study.evidence_unsound", now=now, actor_id=None, subject_id=session_id
            )
        rows.put_sealed(db, [row for row in made.values() if row is not None and row.batches])
        rows.mark_sealed(db, list(made))
    return len(made)


def _sealed(
    db: Session, vault: Vault, session: StudySession, now: dt.datetime
) -> StudyEvidence | None:
    """None for evidence that does not give the session's head, or would not come back whole."""
    if not evidence.is_chain_whole(db, vault, session.id):
        return None
    kept = tuple(
        Kept(batch.ack_seq, batch.lesson_id, batch.body, batch.reading, batch.credited_ms)
        for batch in rows.list_batches(db, session.learner_id, session.id)
    )
    packed = seal(kept)
    if unseal(packed) != kept:
        return None
    return StudyEvidence(
        learner_id=session.learner_id, session_id=session.id, batches=len(kept),
        credited_ms=sum(batch.credited_ms for batch in kept),
        account=evidence.last_standing(db, session).account, sealed=packed, sealed_at=now,
    )  # fmt: skip
