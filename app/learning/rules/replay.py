"""Judging the stored evidence again: what an auditor runs, with nothing but these rules (R20)."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules.coverage import Intervals, clip
from app.learning.rules.crediting import Books, Judgement, catch_up, is_held, judge_batch
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Batch,
    Beat,
    Challenge,
    ChallengeKind,
    Hold,
    LearnerState,
    Lesson,
    LessonState,
    Piece,
    SessionState,
    Verdict,
)

JUDGED = frozenset({
    "offline_grace_s", "max_rate", "seek_ahead", "gap_tolerance_s", "background", "media_proof",
    "min_dwell_s", "daily_cap_s", "study_window", "utc_offset_s", "continuous_max_s", "break_s",
})  # fmt: skip
"""The fields that a batch judged again shows; the others decide before it, or after."""

_ASKED = Challenge(
    challenge_id="", kind=ChallengeKind.PRESENCE, method="picture", session_id="", enrolment_id="",
    raised_at_ms=0, expires_at_ms=0, tries_left=0,
)  # fmt: skip
"""Of an open challenge judging asks only whether there is one; `is_held` was read."""


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """What a judgement read beside the batch, the policy and the session before it."""

    now_ms: int
    clock_ms: int
    allowance_ms: int
    heard_at_ms: int
    is_restarted: bool
    is_held: bool
    is_challenged: bool
    day: int
    day_used_ms: int
    frontier_ms: int
    covered: Intervals
    delivered: Intervals
    unripe: tuple[tuple[str, int, Intervals], ...] = ()
    """Lesson, day and stretches of what is taken back when the unbroken stretch ends (R10)."""
    stint_ms: int = 0
    stint_at_ms: int = 0
    """Nothing where the policy of the day asked for no breaks (R24)."""


class Step(Struct, frozen=True, gc=False):
    lesson: Lesson
    batch: Batch
    reading: Reading


class Told(Struct, frozen=True, kw_only=True, gc=False):
    """One beat judged again: when its batch arrived, and the server's time it used up (R2)."""

    session_id: str
    enrolment_id: str
    lesson_id: str
    day: int
    arrived_ms: int
    """On the server's clock, which never runs back for one learner."""
    beat: Beat
    verdict: Verdict
    span_ms: int


class Replayed(Struct, frozen=True, gc=False):
    credited_ms: int
    is_sound: bool
    """Whether no step had more server time to spend than the steps before left to it."""


def read(
    policy: StudyPolicy,
    lesson: Lesson,
    books: Books,
    batch: Batch,
    *,
    delivered: Intervals,
    now_ms: int,
) -> Reading:
    """To be kept with the batch before it is judged.

    Only what the batch can have touched is kept; of a document the whole coverage, since each
    page opens the next.
    """
    session, learner = books.session, books.learner
    start = min(beat.from_ms for beat in batch.beats)
    end = min(max(beat.to_ms for beat in batch.beats), lesson.length_ms)
    covered = books.lesson.covered
    return Reading(
        now_ms=now_ms,
        clock_ms=learner.clock_ms,
        allowance_ms=session.allowance_ms,
        heard_at_ms=session.heard_at_ms,
        is_restarted=session.is_restarted,
        is_held=is_held(policy, learner),
        is_challenged=learner.challenge is not None,
        day=learner.day,
        day_used_ms=learner.day_used_ms,
        frontier_ms=books.lesson.frontier_ms,
        covered=covered if lesson.page_starts else clip(covered, start, end),
        delivered=clip(delivered, start, end),
        unripe=tuple(
            (piece.lesson_id, piece.day, piece.stretches)
            for piece in learner.pending
            if not piece.is_ripe
        ),
        stint_ms=learner.stint_ms if policy.continuous_max_s is not None else 0,
        stint_at_ms=learner.stint_at_ms if policy.continuous_max_s is not None else 0,
    )


def judge_again(policy: StudyPolicy, session: SessionState, step: Step) -> Judgement:
    """The judgement of one step; of the session only what earlier steps left is used."""
    return judge_batch(
        policy,
        step.lesson,
        _books(session, step.reading),
        step.batch,
        delivered=step.reading.delivered,
        now_ms=step.reading.now_ms,
    )


def _books(session: SessionState, reading: Reading) -> Books:
    """The states as the judgement read them."""
    session = replace(
        session,
        allowance_ms=reading.allowance_ms,
        heard_at_ms=reading.heard_at_ms,
        is_restarted=reading.is_restarted,
    )
    learner = LearnerState(
        learner_id="",
        clock_ms=reading.clock_ms,
        day=reading.day,
        day_used_ms=reading.day_used_ms,
        hold=Hold.OPENING if reading.is_held else None,
        challenge=_ASKED if reading.is_challenged else None,
        pending=tuple(_unripe(session, *part) for part in reading.unripe),
        stint_ms=reading.stint_ms,
        stint_at_ms=reading.stint_at_ms,
    )
    return Books(session, learner, LessonState(reading.covered, reading.frontier_ms))


def retell(policy: StudyPolicy, opened: SessionState, steps: Iterable[Step]) -> list[Told]:
    """A whole session again from its opening, beat by beat.

    Beats judged one by one are judged as their batch was: cutting a batch up changes nothing.
    """
    session, told = opened, []
    for step in steps:
        books = _books(session, step.reading)
        arrived_ms = max(step.reading.now_ms, step.reading.clock_ms)
        books = catch_up(policy, books, arrived_ms)
        for beat in step.batch.beats:
            books, line = _tell(policy, step, books, beat, arrived_ms)
            told.append(line)
        session = books.session
    return told


def _tell(
    policy: StudyPolicy, step: Step, books: Books, beat: Beat, arrived_ms: int
) -> tuple[Books, Told]:
    allowance_ms = books.session.allowance_ms
    judged = judge_batch(
        policy,
        step.lesson,
        books,
        Batch(step.batch.lesson_id, (beat,)),
        delivered=step.reading.delivered,
        now_ms=arrived_ms,
    )
    session = judged.books.session
    return judged.books, Told(
        session_id=session.session_id,
        enrolment_id=session.enrolment_id,
        lesson_id=step.lesson.lesson_id,
        day=judged.books.learner.day,
        arrived_ms=arrived_ms,
        beat=beat,
        verdict=judged.verdicts[0],
        span_ms=allowance_ms - session.allowance_ms,
    )


def _unripe(session: SessionState, lesson_id: str, day: int, stretches: Intervals) -> Piece:
    return Piece(
        enrolment_id=session.enrolment_id,
        lesson_id=lesson_id,
        session_id=session.session_id,
        day=day,
        pass_number=0,
        is_ripe=False,
        first_at_ms=0,
        expires_at_ms=0,
        stretches=stretches,
    )


def replay(policy: StudyPolicy, opened: SessionState, steps: Iterable[Step]) -> Replayed:
    """A whole session again from its opening."""
    session, credited, is_sound = opened, 0, True
    stint = 0, 0
    for step in steps:
        is_sound &= _is_earned(session, step.reading)
        judgement = judge_again(policy, session, _with_stint(step, stint))
        session, learner = judgement.books.session, judgement.books.learner
        stint = learner.stint_ms, learner.stint_at_ms
        credited += judgement.credited_ms
    return Replayed(credited, is_sound)


def _with_stint(step: Step, stint: tuple[int, int]) -> Step:
    """R24 under another policy: where nobody counted towards a break, the replay itself does."""
    if stint[1] <= step.reading.stint_at_ms:
        return step
    reading = replace(step.reading, stint_ms=stint[0], stint_at_ms=stint[1])
    return replace(step, reading=reading)


def _is_earned(session: SessionState, reading: Reading) -> bool:
    """The step begins where the last one ended, or later with nothing (the end of a hold)."""
    if (reading.allowance_ms, reading.heard_at_ms) == (session.allowance_ms, session.heard_at_ms):
        return True
    return reading.allowance_ms == 0 and reading.heard_at_ms >= session.heard_at_ms
