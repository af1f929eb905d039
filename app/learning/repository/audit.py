"""What an auditor walks through: the ledger beside the log, the closed sessions, their releases."""

from typing import Any

from sqlalchemy import Result, Row, func, select
from sqlalchemy.orm import Session

from app.core.log_records import beside_log
from app.core.translog import Kind
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyAnswer, StudyChallenge
from app.learning.rules.ledger import Line

_COLUMNS = (
    *(getattr(LedgerEntry, name) for name in Line.__slots__),
    LedgerEntry.prev_hash, LedgerEntry.hash,
)  # fmt: skip


def entries_beside_log(db: Session, *, at_once: int) -> Result[Any]:
    """Every ledger entry, chain by chain, with what the log holds of it; to be closed."""
    query = beside_log(Kind.LEDGER_ENTRY, LedgerEntry.id, *_COLUMNS)
    query = query.order_by(LedgerEntry.learner_id, LedgerEntry.number)
    return db.connection().execute(query.execution_options(yield_per=at_once))


def entry_beside_log(db: Session, learner_id: str, number: int) -> Row[Any] | None:
    query = beside_log(Kind.LEDGER_ENTRY, LedgerEntry.id, *_COLUMNS)
    found = query.where(LedgerEntry.learner_id == learner_id, LedgerEntry.number == number)
    return db.execute(found).first()


def closed_sessions(db: Session) -> list[str]:
    query = select(StudySession.id).where(StudySession.closed_at.is_not(None))
    return list(db.scalars(query.order_by(StudySession.id)))


def releases_of(db: Session, session_id: str) -> list[LedgerEntry]:
    """What was released out of a session by checks and reviews."""
    query = select(LedgerEntry).where(
        LedgerEntry.session_id == session_id, LedgerEntry.kind == "release"
    )
    return list(db.scalars(query.order_by(LedgerEntry.number)))


def released_ms(db: Session, session_id: str) -> int:
    """What the ledger says was released out of a session; corrections are not releases."""
    query = select(func.coalesce(func.sum(LedgerEntry.ms), 0)).where(
        LedgerEntry.session_id == session_id, LedgerEntry.kind == "release"
    )
    return int(db.scalar(query) or 0)


def checks_of(db: Session, learner_id: str) -> list[str]:
    """What may stand behind a release: the hashes of a learner's answers, their challenges' ids."""
    answers = select(StudyAnswer.evidence_hash).where(StudyAnswer.learner_id == learner_id)
    challenges = select(StudyChallenge.id).where(StudyChallenge.learner_id == learner_id)
    return [*db.scalars(answers), *db.scalars(challenges)]
