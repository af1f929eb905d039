"""Invariant 3: how an honest client's reports are cut up, delayed or sent changes nothing."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.learning.rules.crediting import Books, judge_batch
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Batch,
    Beat,
    LearnerState,
    Lesson,
    LessonKind,
    LessonState,
    SessionState,
)

NOON = 1_795_492_800_000
FILM = Lesson("film", LessonKind.VIDEO, 900_000)
POLICY = StudyPolicy(presence_gap_s=None, identity_gap_s=(80_000, 80_000), daily_cap_s=None)
PLAYED_MS = 300_000
Marks = st.lists(st.integers(1, PLAYED_MS - 1), max_size=12)


def _open(**of_session: object) -> Books:
    session = SessionState(session_id="s", enrolment_id="e", opened_at_ms=NOON, heard_at_ms=NOON)
    learner = LearnerState(
        learner_id="l", clock_ms=NOON, open_session_id="s", day=POLICY.local_day(NOON)
    )
    return Books(replace(session, **of_session), learner, LessonState())


def _send(books: Books, beats: list[Beat], now_ms: int) -> tuple[Books, int]:
    judged = judge_batch(
        POLICY, FILM, books, Batch("film", tuple(beats)), delivered=((0, 900_000),), now_ms=now_ms
    )
    return judged.books, judged.credited_ms


def _beats(marks: list[int], begun_ms: int) -> list[Beat]:
    """A film played without a break, reported at these moments of it."""
    edges = sorted({0, PLAYED_MS, *marks})
    return [
        Beat(seq, begun_ms + end, start, end, 100, is_visible=True)
        for seq, (start, end) in enumerate(pairwise(edges), 1)
    ]


@given(
    marks=Marks,
    begun_ms=st.integers(0, 290_000),
    delays=st.lists(st.integers(0, 20_000), min_size=14, max_size=14),
    together=st.lists(st.booleans(), min_size=14, max_size=14),
)
def test_cutting_joining_and_delaying_give_the_same(
    marks: list[int], begun_ms: int, delays: list[int], together: list[bool]
) -> None:
    """Delays grow and shrink freely, as long as no more piles up than the grace."""
    beats = _beats([*marks, *range(60_000, PLAYED_MS, 60_000)], begun_ms)
    books, credited, waiting, now = _open(), 0, [], NOON + begun_ms
    for index, beat in enumerate(beats):
        waiting.append(beat)
        arrives = NOON + beat.t_ms + delays[index % 14]
        span = beat.t_ms - (waiting[0].t_ms - (waiting[0].to_ms - waiting[0].from_ms))
        if together[index % 14] and beat is not beats[-1] and span < 40_000:
            continue
        now = max(now, arrives)
        books, gained = _send(books, waiting, now)
        credited, waiting = credited + gained, []
    assert credited == PLAYED_MS


@given(
    marks=Marks, held_ms=st.integers(0, 600_000), delays=st.lists(st.integers(0, 5_000), min_size=1)
)
def test_after_a_hold_nothing_honest_is_late(
    marks: list[int], held_ms: int, delays: list[int]
) -> None:
    """The client's clock went on while it was held; the answer that ends the hold comes first."""
    books = _open(is_restarted=True, heard_at_ms=NOON + held_ms)
    credited, now = 0, NOON + held_ms
    for index, beat in enumerate(_beats([*marks, *range(60_000, PLAYED_MS, 60_000)], held_ms)):
        now = max(now, NOON + beat.t_ms + delays[index % len(delays)])
        books, gained = _send(books, [beat], now)
        credited += gained
    assert credited == PLAYED_MS


@given(marks=Marks, ahead_ms=st.integers(0, 500_000))
def test_a_clock_that_runs_ahead_gains_nothing(marks: list[int], ahead_ms: int) -> None:
    books, gained = _send(_open(), _beats(marks, ahead_ms), NOON + 100_000)
    assert gained <= 100_000
    assert books.session.allowance_ms >= 0
