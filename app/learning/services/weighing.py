"""What a batch does to an open session where it does nothing but count; else the plain way decides.

Everything here is reckoned from memory and changes nothing there: what comes out is written first.
"""

from msgspec import Struct

from app.core.errors import InvalidError
from app.core.ids import new_id
from app.learning.repository.group import BeatWrite
from app.learning.rules import challenges, replay
from app.learning.rules.coverage import Intervals
from app.learning.rules.crediting import Books, Judgement, judge_batch
from app.learning.rules.cuts import CutLine
from app.learning.rules.hours import Totals
from app.learning.rules.moments import moment_of
from app.learning.rules.pending import next_expiry, pending_ms
from app.learning.rules.sittings import is_idle
from app.learning.rules.states import Batch, Cut, Draw, Lesson, LessonState
from app.learning.services.evidence_pack import pack_reading, pack_verdicts
from app.learning.services.open_sessions import OpenSession
from app.learning.services.wire import answer_bytes, read_batch

# Settling is asked only whether anything lapses; where it does, the plain way draws by chance.
_NO_DRAW = Draw(None, 1)


class Weighed(Struct, frozen=True):
    """A batch judged on `known`, and what must be durable before it is answered."""

    known: OpenSession
    write: BeatWrite


def weigh(
    known: OpenSession, *, previous: str, mac: str, body: bytes, now_ms: int
) -> Weighed | None:
    """Judge a batch whose MAC is right; None where it is refused, or would do more than count."""
    if previous != known.head:
        return None
    batch = _read(body, known.session.ack_seq)
    lesson = known.lesson(batch.lesson_id) if batch is not None else None
    if batch is None or lesson is None or batch.is_close or not _goes_on(known, now_ms):
        return None
    settled = challenges.settle(known.policy, known.learner, now_ms, _NO_DRAW)
    if settled.ruling is not None or settled.taken:
        return None
    state = known.coverage.get(lesson.lesson_id, LessonState())
    before = Books(known.session, settled.learner, state)
    sent = known.sent.get(lesson.lesson_id, ())
    judged = judge_batch(known.policy, lesson, before, batch, delivered=sent, now_ms=now_ms)
    if not _only_counts(known, judged):
        return None
    return _weighed(known, before, lesson, batch, judged, sent, (previous, mac, body, now_ms))


def _goes_on(known: OpenSession, now_ms: int) -> bool:
    """Nothing is asked of the learner, and the session is the one that counts."""
    learner, session = known.learner, known.session
    is_asked = learner.challenge is not None or learner.hold is not None
    is_open = learner.open_session_id == session.session_id
    return is_open and not is_asked and not is_idle(known.policy, session, now_ms)


def _only_counts(known: OpenSession, judged: Judgement) -> bool:
    policy, learner = known.policy, judged.books.learner
    if judged.taken or challenges.due_kind(policy, learner) is not None:
        return False
    if policy.continuous_max_s is not None:
        return False  # the count towards a break is kept by the plain way alone
    if policy.min_continuous_s and any(not piece.is_ripe for piece in known.learner.pending):
        return False  # a stretch that ripens or breaks moves pending time from piece to piece
    # What was not sent, as far as this worker knows, may have been sent by another since.
    cuts = (code for verdict in judged.verdicts for code, ms in verdict.cuts if ms)
    return Cut.NOT_DELIVERED not in cuts


def _read(body: bytes, ack_seq: int) -> Batch | None:
    try:
        batch = read_batch(body)
    except InvalidError:
        return None
    for seq, beat in enumerate(batch.beats, ack_seq + 1):
        if beat.seq != seq:
            return None
    return batch


def _weighed(  # noqa: PLR0917 -- the parts of one judgement
    known: OpenSession, before: Books, lesson: Lesson, batch: Batch, judged: Judgement,
    sent: Intervals, given: tuple[str, str, bytes, int],
) -> Weighed:  # fmt: skip
    previous, mac, body, now_ms = given
    policy, learner, state = known.policy, judged.books.learner, judged.books.lesson
    reading = replay.read(policy, lesson, before, batch, delivered=sent, now_ms=now_ms)
    totals = Totals(
        known.confirmed_ms, pending_ms(learner, known.session.enrolment_id), known.required_ms,
        policy.day_left_ms(learner.day_used_ms),
    )  # fmt: skip
    old = known.learner.pending
    write = BeatWrite(
        version=known.version, learner=learner, next_expiry_ms=next_expiry(learner.pending),
        is_expiry_new=next_expiry(old) != next_expiry(learner.pending),
        session=judged.books.session, lesson_id=lesson.lesson_id, lesson=state,
        pieces=tuple(piece for piece in learner.pending if piece not in old),
        previous=previous, head=mac, body=body, reading=pack_reading(reading),
        credited_ms=judged.credited_ms, cuts=_cut_lines(known, lesson.lesson_id, judged, now_ms),
        verdicts=pack_verdicts(judged.verdicts), answer=answer_bytes(
            policy, judged.verdicts, head=mac, frontier_ms=state.frontier_ms,
            covered=state.covered, totals=totals, challenge=None, is_held=False,
        ),
    )  # fmt: skip
    return Weighed(known, write)


def _cut_lines(
    known: OpenSession, lesson_id: str, judged: Judgement, now_ms: int
) -> tuple[CutLine, ...]:
    """The lines to write: new ones, and those that go on, as they are from now on."""
    lines: dict[Cut, CutLine] = {}
    day = judged.books.learner.day
    for verdict in judged.verdicts:
        for code, ms in verdict.cuts:
            line = lines.get(code) or known.cuts.get((lesson_id, code))
            if not ms:
                continue
            if line is not None and line.goes_on(lesson_id, day, code, now_ms):
                lines[code] = line.and_more(ms, now_ms)
            else:
                lines[code] = CutLine(
                    cut_id=new_id(moment_of(now_ms)), lesson_id=lesson_id, day=day, code=code,
                    ms=ms, first_at_ms=now_ms, last_at_ms=now_ms,
                )  # fmt: skip
    return tuple(lines.values())


def settle_in(done: Weighed) -> None:
    """The batch is durable: from here on this is what the worker remembers."""
    known, write = done.known, done.write
    known.version += 1
    known.learner, known.session, known.head = write.learner, write.session, write.head
    known.coverage[write.lesson_id] = write.lesson
    known.cuts.update({(line.lesson_id, line.code): line for line in write.cuts})
