"""Taking a batch of beats the plain way: one transaction that can decide everything (R18).

`live_ingest` takes what does nothing but count; whatever else a batch does, or is refused for, is
decided here, from what the database says.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import audit
from app.core.crypto import Vault
from app.core.errors import AppError, ForbiddenError, InvalidError
from app.learning.models.study import StudyBatch, StudySession
from app.learning.repository.study_states import lesson_of
from app.learning.rules import challenges, replay
from app.learning.rules.chain import is_signed
from app.learning.rules.crediting import Books, Judgement, judge_batch
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Batch, Lesson, Phase, Verdict
from app.learning.services import holds, media, prompts, sealed, sessions
from app.learning.services.evidence_pack import pack_reading, pack_verdicts, unpack_verdicts
from app.learning.services.refusals import ended, out_of_step
from app.learning.services.session_views import (
    course_lessons,
    lesson_states,
    open_lesson_ids,
    totals,
)
from app.learning.services.study_books import StudyBooks
from app.learning.services.wire import answer_bytes, read_batch


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came: whose, for which session, the client's head, the MAC, the body."""

    learner_id: str
    session_id: str
    previous: str
    mac: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """What is answered once the transaction is through: a body, or a refusal that was noted."""

    answer: bytes | None = None
    refusal: AppError | None = None


def take_batch(db: Session, vault: Vault, given: Delivery, *, now: dt.datetime) -> Taken:
    """Judge a batch. Raises NotFoundError and InvalidError, which change nothing."""
    books = StudyBooks(db, given.learner_id, now)
    row = books.session_row(given.session_id)
    key = sealed.open_key(vault, row.id, row.key_sealed)
    if not is_signed(key, given.previous, given.body, given.mac):
        audit.record(
            db, "study.bad_mac", now=now, actor_id=given.learner_id, subject_id=row.id,
            ack_seq=row.ack_seq,
        )  # fmt: skip
        return Taken(
            refusal=ForbiddenError("上报的校验不对。", code="bad_mac", remedy="请刷新页面")
        )
    if row.last_verdicts is not None and (given.previous, given.mac) == (row.last_prev, row.head):
        return Taken(answer=_answer(books, row, unpack_verdicts(row.last_verdicts)))
    if (refusal := _refusal(row, given)) is not None:
        return Taken(refusal=refusal)
    batch = read_batch(given.body)
    if [beat.seq for beat in batch.beats] != _next_seqs(row, len(batch.beats)):
        return Taken(refusal=out_of_step(row))
    if sessions.close_if_idle(books, row.id):
        books.store()
        return Taken(refusal=ended(Phase.CLOSED))
    return Taken(answer=_accept(books, vault, row, given, batch))


def _next_seqs(row: StudySession, count: int) -> list[int]:
    return list(range(row.ack_seq + 1, row.ack_seq + 1 + count))


def _refusal(row: StudySession, given: Delivery) -> AppError | None:
    if row.phase != Phase.OPEN:
        return ended(Phase(row.phase))
    if given.previous != row.head:
        return out_of_step(row)
    return None


def _accept(
    books: StudyBooks, vault: Vault, row: StudySession, given: Delivery, batch: Batch
) -> bytes:
    policy = books.policy(row.id)
    lesson = _lesson(books, policy, row, batch.lesson_id)
    settled = challenges.settle(policy, books.learner, books.now_ms, prompts.draw(policy))
    holds.apply(books, settled, session_id=row.id)
    sent = media.delivered(books.db, books.learner_id, row.enrolment_id, lesson.lesson_id)
    before = Books(
        books.session(row.id), books.learner, books.lesson(row.enrolment_id, lesson.lesson_id)
    )
    reading = replay.read(
        policy, lesson, before, batch, delivered=sent, now_ms=books.now_ms
    )  # fmt: skip
    judged = judge_batch(policy, lesson, before, batch, delivered=sent, now_ms=books.now_ms)
    _enter(books, row, lesson, judged)
    books.learner = challenges.hear(books.learner)
    prompts.raise_due(books, row.id, vault)
    if batch.is_close:
        sessions.close(books, row.id)
    books.store()
    row.lesson_id, row.last_prev, row.head = lesson.lesson_id, given.previous, given.mac
    books.db.add(
        StudyBatch(
            learner_id=books.learner_id, session_id=row.id, ack_seq=batch.beats[-1].seq,
            lesson_id=lesson.lesson_id, body=given.body, head=given.mac,
            reading=pack_reading(reading), credited_ms=judged.credited_ms,
        )
    )  # fmt: skip
    row.last_verdicts = pack_verdicts(judged.verdicts)
    books.db.flush()
    return _answer(books, row, judged.verdicts)


def _lesson(books: StudyBooks, policy: StudyPolicy, row: StudySession, lesson_id: str) -> Lesson:
    lessons = course_lessons(books.db, row.enrolment_id)
    known = lesson_states(books.db, books.learner_id, row.enrolment_id)
    found = next((lesson for lesson in lessons if lesson.id == lesson_id), None)
    if found is None or lesson_id not in open_lesson_ids(policy, lessons, known):
        raise InvalidError(
            "这节课还没有开放，或不属于这门课。",
            code="lesson_not_open",
            field="/lesson",
            remedy="请按顺序学完前面的课",
        )
    return lesson_of(found)


def _enter(books: StudyBooks, row: StudySession, lesson: Lesson, judged: Judgement) -> None:
    """Put the judgement into the books; what was cut is written down for the learner."""
    books.learner = judged.books.learner
    books.put_session(judged.books.session)
    books.put_lesson(row.enrolment_id, lesson.lesson_id, judged.books.lesson)
    books.take_back(judged.taken)
    for verdict in judged.verdicts:
        for code, ms in verdict.cuts:
            books.note_cut(row.id, lesson.lesson_id, books.learner.day, code, ms)


def _answer(books: StudyBooks, row: StudySession, verdicts: Sequence[Verdict]) -> bytes:
    """What is told of the last batch; sent again, everything around it is as it stands now."""
    state, policy = books.lesson(row.enrolment_id, row.lesson_id), books.policy(row.id)
    return answer_bytes(
        policy, verdicts, head=row.head, frontier_ms=state.frontier_ms, covered=state.covered,
        totals=totals(books.db, row.enrolment_id, now=books.now, policy=policy),
        challenge=prompts.open_challenge_view(books), is_held=books.learner.hold is not None,
    )  # fmt: skip
