"""Rows of evidence: one for each batch while a session is open, one for all of them afterwards."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.learning.models.study import (
    IS_UNSEALED,
    PendingPiece,
    StudyBatch,
    StudyEvidence,
    StudySession,
)
from app.learning.rules.sealing import Kept, unseal


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBatch:
    """A batch as it is stored; sealed evidence leaves the heads out: the key gives them again."""

    ack_seq: int
    lesson_id: str
    body: bytes
    head: str | None
    reading: bytes
    credited_ms: int


def list_batches(db: Session, learner_id: str, session_id: str) -> list[StoredBatch]:
    """A session's batches in order, sealed or not. Raises ValueError for what was altered."""
    columns = (
        StudyBatch.ack_seq, StudyBatch.lesson_id, StudyBatch.body, StudyBatch.head,
        StudyBatch.reading, StudyBatch.credited_ms,
    )  # fmt: skip
    query = select(*columns).where(
        StudyBatch.learner_id == learner_id, StudyBatch.session_id == session_id
    )
    found = db.execute(query.order_by(StudyBatch.ack_seq)).all()
    if not found:
        # In this order: what is sealed between the two looks is found by the second.
        row = get_evidence(db, learner_id, session_id)
        return [_sealed(kept) for kept in unseal(row.sealed)] if row is not None else []
    return [
        StoredBatch(
            ack_seq=row.ack_seq, lesson_id=row.lesson_id, body=row.body, head=row.head,
            reading=row.reading, credited_ms=row.credited_ms,
        )
        for row in found
    ]  # fmt: skip


def _sealed(kept: Kept) -> StoredBatch:
    return StoredBatch(
        ack_seq=kept.ack_seq, lesson_id=kept.lesson_id, body=kept.body, head=None,
        reading=kept.reading, credited_ms=kept.credited_ms,
    )  # fmt: skip


def get_evidence(db: Session, learner_id: str, session_id: str) -> StudyEvidence | None:
    return db.get(StudyEvidence, (learner_id, session_id))


def unsealed_sessions(db: Session, before: dt.datetime, most: int) -> list[StudySession]:
    """Return sessions that ended before this moment and are not dealt with, the oldest first."""
    query = select(StudySession).where(StudySession.closed_at < before, IS_UNSEALED)
    return list(db.scalars(query.order_by(StudySession.closed_at).limit(most)))


def put_sealed(db: Session, evidence: Sequence[StudyEvidence]) -> None:
    """Sealed evidence takes the place of the batches."""
    for row in evidence:
        db.add(row)
        db.execute(
            delete(StudyBatch).where(
                StudyBatch.learner_id == row.learner_id, StudyBatch.session_id == row.session_id
            )
        )
    db.flush()


def mark_sealed(db: Session, session_ids: Sequence[str]) -> None:
    is_of_these = StudySession.id.in_(session_ids)
    db.execute(update(StudySession).where(is_of_these).values(is_sealed=True))


@dataclass(frozen=True, slots=True)
class Seal:
    """Whose sealed evidence it is, and what it says in all."""

    learner_id: str
    session_id: str
    account: str
    batches: int
    credited_ms: int


def due(db: Session, before: dt.datetime, after: tuple[str, str], most: int) -> list[Seal]:
    """Evidence that was sealed before a moment, in the order of its key, behind the key given."""
    key = (StudyEvidence.learner_id, StudyEvidence.session_id)
    query = select(*(getattr(StudyEvidence, field.name) for field in fields(Seal)))
    query = query.where(StudyEvidence.sealed_at < before, tuple_(*key) > after)
    return [Seal(*row) for row in db.execute(query.order_by(*key).limit(most))]


def count_due(db: Session, before: dt.datetime) -> int:
    query = select(func.count()).select_from(StudyEvidence).where(StudyEvidence.sealed_at < before)
    return db.scalar(query) or 0


def oldest_sealed(db: Session, now: dt.datetime) -> dt.datetime | None:
    return db.scalar(select(func.min(StudyEvidence.sealed_at)).where(StudyEvidence.sealed_at < now))


def has_pending(db: Session, learner_id: str, session_id: str) -> bool:
    """Whether time of the session waits for an identity check."""
    query = select(PendingPiece.ms).where(
        PendingPiece.learner_id == learner_id, PendingPiece.session_id == session_id
    )
    return db.execute(query.limit(1)).first() is not None


def take_sealed(db: Session, seal: Seal) -> bool:
    """Delete a session's evidence if it is still what was looked at; returns whether it was."""
    taken = db.execute(
        delete(StudyEvidence).where(
            StudyEvidence.learner_id == seal.learner_id,
            StudyEvidence.session_id == seal.session_id, StudyEvidence.account == seal.account,
        ).returning(StudyEvidence.session_id)
    )  # fmt: skip
    return taken.first() is not None
