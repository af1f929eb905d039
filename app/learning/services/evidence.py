"""The stored evidence of a session: put back into the rules' words and judged once more (R20)."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.learning.models.study import StudySession
from app.learning.repository import study as rows
from app.learning.repository.evidence import StoredBatch, get_evidence, list_batches
from app.learning.repository.study_states import lesson_of
from app.learning.rules.chain import next_head
from app.learning.rules.ledger import Report, Standing, standings
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.replay import Replayed, Step, Told, replay, retell
from app.learning.rules.states import Lesson, SessionState
from app.learning.services import sealed
from app.learning.services.evidence_pack import unpack_reading
from app.learning.services.frozen_policies import fields_of, thaw
from app.learning.services.remains import let_go_of
from app.learning.services.wire import read_batch


def judge_again(db: Session, session_id: str, policy: StudyPolicy | None = None) -> Replayed:
    """Replay a session under the policy of its day, or under another one.

    Raises NotFoundError.
    """
    session = session_of(db, session_id)
    judged_by = policy or StudyPolicy.from_mapping(fields_of(db, session.policy_version))
    return replay(judged_by, _opened(session), _steps(db, session))


def told(db: Session, session: StudySession) -> list[Told]:
    """A session's beats with their judgements, under the policy of its day."""
    return retell(thaw(db, session.policy_version), _opened(session), _steps(db, session))


def _opened(session: StudySession) -> SessionState:
    return SessionState(
        session_id=session.id, enrolment_id=session.enrolment_id,
        opened_at_ms=session.opened_at_ms, heard_at_ms=session.opened_at_ms,
    )  # fmt: skip


def credited_ms(db: Session, session_id: str) -> int:
    """What the session's batches were credited when they arrived. Raises NotFoundError."""
    session = session_of(db, session_id)
    return sum(row.credited_ms for row in list_batches(db, session.learner_id, session.id))


def is_chain_whole(db: Session, vault: Vault, session_id: str) -> bool:
    """Whether the stored bodies give the session's head, one after the other."""
    session = session_of(db, session_id)
    head = session.first_head
    for batch, head in with_heads(db, vault, session):
        if batch.head not in (None, head):
            return False
    return head == session.head


def with_heads(
    db: Session, vault: Vault, session: StudySession
) -> Iterator[tuple[StoredBatch, str]]:
    """A session's batches with the heads that the key gives; sealed evidence keeps none."""
    key = sealed.open_key(vault, session.id, session.key_sealed)
    head = session.first_head
    for batch in list_batches(db, session.learner_id, session.id):
        head = next_head(key, head, batch.body)
        yield batch, head


def standings_of(db: Session, vault: Vault, session: StudySession) -> tuple[Standing, ...]:
    """Where a session stood at first and after each of its reports, as they are stored now.

    Of evidence that was let go: where something is bound to, and the end.
    """
    reports = [
        Report(batch.head or head, batch.credited_ms, batch.reading)
        for batch, head in with_heads(db, vault, session)
    ]
    if not reports and (gone := let_go_of(db, session.id)) is not None:
        return gone.remains.stood
    return tuple(standings(session.id, session.first_head, reports))


def last_standing(db: Session, session: StudySession) -> Standing:
    """Where a session stands now: what is released next is bound to it."""
    batches = list_batches(db, session.learner_id, session.id)
    kept = get_evidence(db, session.learner_id, session.id)
    if kept is not None and all(batch.head is None for batch in batches):
        return Standing(session.head, kept.account)
    if not batches and (gone := let_go_of(db, session.id)) is not None:
        return gone.remains.stood[-1]
    reports = [Report(batch.head or "", batch.credited_ms, batch.reading) for batch in batches]
    *_, stands = standings(session.id, session.first_head, reports)
    return stands


def session_of(db: Session, session_id: str) -> StudySession:
    """Raises NotFoundError."""
    row = rows.get_session(db, session_id)
    if row is None:
        raise NotFoundError("没有这次学习。", remedy="请核对编号")
    return row


def _steps(db: Session, session: StudySession) -> Iterator[Step]:
    lessons: dict[str, Lesson] = {}
    for row in list_batches(db, session.learner_id, session.id):
        if row.lesson_id not in lessons and (found := rows.get_lesson(db, row.lesson_id)):
            lessons[row.lesson_id] = lesson_of(found)
        if (lesson := lessons.get(row.lesson_id)) is not None:
            yield Step(lesson, read_batch(row.body), unpack_reading(row.reading))
