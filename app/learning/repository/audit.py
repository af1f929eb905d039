"""What an auditor walks through: the ledger beside the log, the sessions, their releases."""

from typing import Any

from sqlalchemy import Result, Row, func, select, union
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.log_records import beside_log
from app.core.translog import Kind
from app.learning.models.exams import ExamAttempt
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import StudySession
from app.learning.models.study_checks import StudyAnswer, StudyChallenge
from app.learning.rules.ledger import Line

COLUMNS = (
    *(getattr(LedgerEntry, name) for name in Line.__struct_fields__),
    LedgerEntry.prev_hash, LedgerEntry.hash,
)  # fmt: skip


def entries_beside_log(db: Session, *, at_once: int) -> Result[Any]:
    """Every ledger entry, chain by chain, with what the log holds of it; to be closed."""
    query = beside_log(Kind.LEDGER_ENTRY, LedgerEntry.id, *COLUMNS)
    query = query.order_by(LedgerEntry.learner_id, LedgerEntry.number)
    return db.connection().execute(query.execution_options(yield_per=at_once))


def graded(db: Session, event: str, *, at_once: int) -> Result[Any]:
    """Of every passed attempt of a course: its enrolment, and its event's actor, moment and facts.

    To be closed.
    """
    query = (
        select(ExamAttempt.enrolment_id, AuditEvent.actor_id, AuditEvent.at, AuditEvent.facts)
        .join(AuditEvent, AuditEvent.subject_id == ExamAttempt.id)
        .where(
            AuditEvent.event == event, ExamAttempt.passed.is_(True),
            ExamAttempt.enrolment_id.is_not(None),
        )
    )  # fmt: skip
    return db.connection().execute(query.execution_options(yield_per=at_once))


def unreadable_entry(db: Session) -> tuple[str, str] | None:
    """The id and column of the first entry that holds what its column cannot mean."""
    for entry_id in db.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id)).all():
        for column in COLUMNS:
            try:
                db.scalar(select(column).where(LedgerEntry.id == entry_id))
            except (ValueError, TypeError):
                return entry_id, column.key
    return None


def entry_beside_log(db: Session, learner_id: str, number: int) -> Row[Any] | None:
    query = beside_log(Kind.LEDGER_ENTRY, LedgerEntry.id, *COLUMNS)
    found = query.where(LedgerEntry.learner_id == learner_id, LedgerEntry.number == number)
    return db.execute(found).first()


def sessions_to_judge(db: Session) -> list[str]:
    """All of them, and those that the ledger names, whether they are there or not."""
    return sorted(db.scalars(union(select(StudySession.id), select(LedgerEntry.session_id))))


def confirmed_of_all(db: Session) -> list[tuple[str, int]]:
    """Each learner with what the ledger says is confirmed, in milliseconds."""
    query = select(LedgerEntry.learner_id, func.sum(LedgerEntry.ms))
    found = db.execute(query.group_by(LedgerEntry.learner_id).order_by(LedgerEntry.learner_id))
    return [(learner_id, int(ms)) for learner_id, ms in found]


def corrected_learners(db: Session) -> list[str]:
    query = select(LedgerEntry.learner_id).where(LedgerEntry.kind == "correction").distinct()
    return list(db.scalars(query.order_by(LedgerEntry.learner_id)))


def entries_of(db: Session, learner_id: str) -> list[LedgerEntry]:
    """A learner's whole chain, in order."""
    query = select(LedgerEntry).where(LedgerEntry.learner_id == learner_id)
    return list(db.scalars(query.order_by(LedgerEntry.number)))


def releases_of(db: Session, session_id: str) -> list[LedgerEntry]:
    """What was released out of a session by checks and reviews."""
    query = select(LedgerEntry).where(
        LedgerEntry.session_id == session_id, LedgerEntry.kind == "release"
    )
    return list(db.scalars(query.order_by(LedgerEntry.number)))


def entries_in_session(db: Session, session_id: str) -> list[LedgerEntry]:
    """All entries of a session, corrections too."""
    query = select(LedgerEntry).where(LedgerEntry.session_id == session_id)
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
