"""The stored evidence of a session: put back into the rules' words and judged once more (R20)."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import NotFoundError
from app.learning.models.study import StudySession
from app.learning.repository import study as rows
from app.learning.repository.study_states import lesson_of
from app.learning.rules.chain import next_head
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.replay import Replayed, Step, replay
from app.learning.rules.states import SessionState
from app.learning.services import sealed
from app.learning.services.evidence_pack import unpack_reading
from app.learning.services.wire import read_batch


def judge_again(db: Session, session_id: str, policy: StudyPolicy | None = None) -> Replayed:
    """Replay a session under the policy of its day, or under another one.

    Raises NotFoundError.
    """
    session = session_of(db, session_id)
    opened = SessionState(
        session_id=session.id, enrolment_id=session.enrolment_id,
        opened_at_ms=session.opened_at_ms, heard_at_ms=session.opened_at_ms,
    )  # fmt: skip
    judged_by = policy or StudyPolicy.from_mapping(session.policy)
    return replay(judged_by, opened, _steps(db, session))


def credited_ms(db: Session, session_id: str) -> int:
    """What the session's batches were credited when they arrived. Raises NotFoundError."""
    session = session_of(db, session_id)
    return sum(row.credited_ms for row in rows.list_batches(db, session.learner_id, session.id))


def is_chain_whole(db: Session, vault: Vault, session_id: str) -> bool:
    """Whether the stored bodies give the session's head, one after the other."""
    session = session_of(db, session_id)
    key = sealed.open_key(vault, session.id, session.key_sealed)
    head = session.first_head
    for row in rows.list_batches(db, session.learner_id, session.id):
        head = next_head(key, head, row.body)
        if head != row.head:
            return False
    return head == session.head


def session_of(db: Session, session_id: str) -> StudySession:
    """Raises NotFoundError."""
    row = rows.get_session(db, session_id)
    if row is None:
        raise NotFoundError("没有这次学习。", remedy="请核对编号")
    return row


def _steps(db: Session, session: StudySession) -> Iterator[Step]:
    for row in rows.list_batches(db, session.learner_id, session.id):
        lesson = rows.get_lesson(db, row.lesson_id)
        if lesson is not None:
            yield Step(lesson_of(lesson), read_batch(row.body), unpack_reading(row.reading))
