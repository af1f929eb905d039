"""R1 to R10 and R24: what a batch leaves behind; whole states are compared.

A field that changes without being named here fails the test.
"""

import pytest
from msgspec.structs import replace
from study_cases import BOOK, NOON, POLICY, beat, books, cuts, judge, of_learner, of_lesson

from app.learning.rules.crediting import Books, Judgement
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import Cut, LessonState, Piece, Run, Verdict

LONG = StudyPolicy(min_continuous_s=10)
BREAKS = StudyPolicy(continuous_max_s=60, break_s=90)
PIECE = Piece(
    enrolment_id="e", lesson_id="video", session_id="s", day=POLICY.local_day(NOON),
    pass_number=4, is_ripe=True, first_at_ms=NOON + 15_000,
    expires_at_ms=NOON + 15_000 + 604_800_000, stretches=((100, 10_100),),
)  # fmt: skip


def test_a_beat_that_counts_leaves_whole_books():
    given = of_learner(
        books(last_t_ms=7_000, ack_seq=6, is_restarted=True, allowance_ms=500), pass_number=4,
        day_used_ms=1, since_presence_ms=2, since_identity_ms=3, stint_ms=4, stint_at_ms=5,
    )  # fmt: skip
    judged = judge(given, beat(17_000, 100, 10_100, seq=7))
    session = replace(
        given.session, last_t_ms=17_000, ack_seq=7, is_restarted=False, allowance_ms=5_500,
        heard_at_ms=NOON + 15_000,
    )  # fmt: skip
    learner = replace(
        given.learner, clock_ms=NOON + 15_000, pending=(PIECE,), day_used_ms=10_001,
        since_presence_ms=10_002, since_identity_ms=10_003,
    )  # fmt: skip
    lesson = LessonState(((100, 10_100),), 10_100)
    verdicts = (Verdict(7, 10_000),)
    assert judged == Judgement(Books(session, learner, lesson), verdicts)
    assert judged.credited_ms == 10_000


def test_a_beat_that_counts_nothing_leaves_the_learner_alone():
    given = books()
    judged = judge(given, beat(10, 0, 10), delivered=())
    clock = replace(given.learner, clock_ms=NOON + 15_000)
    assert judged.books.learner == clock
    assert judged.books.lesson == LessonState((), 10)


def test_r10_whole_books_of_a_stretch_that_breaks_ripens_and_goes_on():
    whole = replace(PIECE, pass_number=0, is_ripe=False, stretches=((0, 5_000),))
    first = judge(books(), beat(5_000, 0, 5_000), policy=LONG).books
    assert first.session.run == Run("video", 5_000, 5_000)
    assert first.learner.pending == (whole,)
    second = judge(first, beat(9_000, 5_000, 9_000, seq=2), policy=LONG).books
    assert second.session.run == Run("video", 9_000, 9_000)
    assert second.learner.pending == (replace(whole, stretches=((0, 9_000),)),)
    broken = judge(second, beat(10_000, 20, 1_000, seq=3), policy=LONG)
    assert broken.books.session.run == Run("video", 1_000, 980)
    assert broken.books.lesson == LessonState(((20, 1_000),), 9_000)
    assert broken.books.learner.pending == (replace(whole, stretches=((20, 1_000),)),)
    assert broken.books.learner.day_used_ms == 980
    [taken] = broken.taken
    assert (taken.session_id, taken.stretches, taken.reason) == ("s", ((0, 9_000),), Cut.TOO_SHORT)


def test_r10_one_batch_tells_of_every_stretch_that_broke_in_it():
    judged = judge(
        books(), beat(1_000, 0, 1_000), beat(2_000, 1_000, 1_000, seq=2),
        beat(3_000, 1_000, 2_000, seq=3), beat(4_000, 0, 500, seq=4), policy=LONG,
    )  # fmt: skip
    assert [part.stretches for part in judged.taken] == [((0, 1_000),), ((1_000, 2_000),)]
    assert judged.books.session.run == Run("video", 500, 500)
    judged = judge(judged.books, beat(5_000, 500, 500, seq=5), policy=LONG)
    assert judged.books.session.run == Run()
    assert judged.books.lesson.covered == ()


def test_r10_what_repeats_goes_on_with_the_stretch_though_it_earns_nothing():
    """Ten seconds unbroken are enough, however much of them had been studied before."""
    given = of_lesson(books(), covered=((0, 9_999),), frontier_ms=9_999)
    judged = judge(given, beat(10_000, 0, 10_000), policy=LONG)
    assert [(piece.is_ripe, piece.ms) for piece in judged.books.learner.pending] == [(True, 1)]


@pytest.mark.parametrize(
    ("stint", "since", "credited", "after"),
    [
        (0, 0, 10_000, 10_000),
        (50_000, 0, 10_000, 60_000),
        (50_001, 0, 9_999, 60_000),
        (60_000, 0, 0, 60_000),
        (70_000, 0, 0, 70_000),
        (60_000, 74_999, 0, 60_000),
        (60_000, 75_000, 10_000, 10_000),
    ],
)
def test_r24_continuous_study_ends_until_there_was_a_break(stint, since, credited, after):
    """The break is counted to the moment of the report: fifteen seconds after noon."""
    given = of_learner(books(), stint_ms=stint, stint_at_ms=NOON - since)
    judged = judge(given, beat(10_000, 0, 10_000), policy=BREAKS)
    assert judged.credited_ms == credited
    assert cuts(judged) == [{"break_due": 10_000 - credited} if credited < 10_000 else {}]
    learner = judged.books.learner
    assert (learner.stint_ms, learner.stint_at_ms) == (
        after, NOON + 15_000 if credited else NOON - since,
    )  # fmt: skip


def test_r24_without_breaks_in_the_policy_nothing_is_counted_towards_one():
    judged = judge(of_learner(books(), stint_ms=9_999_999), beat(10_000, 0, 10_000))
    assert (judged.credited_ms, judged.books.learner.stint_ms) == (10_000, 9_999_999)


def test_the_cuts_of_a_beat_stand_in_the_order_of_the_rules():
    """Past the page, late, not delivered, studied before, over the cap, over the stint."""
    given = of_lesson(books(), covered=((59_000, 59_400),), frontier_ms=58_000)
    given = of_learner(given, day_used_ms=21_600_000 - 300, stint_ms=59_800, stint_at_ms=NOON)
    sent = beat(2_000, 58_000, 61_000)
    judged = judge(
        given, sent, policy=BREAKS, lesson=BOOK, delivered=((58_500, 180_000),), now=NOON + 1_900
    )
    assert judged.verdicts == (
        Verdict(
            1,
            200,
            (
                (Cut.AHEAD, 1_000), (Cut.LATE, 100), (Cut.NOT_DELIVERED, 500), (Cut.REPEATED, 400),
                (Cut.DAILY_CAP, 700), (Cut.BREAK_DUE, 100),
            ),
        ),
    )  # fmt: skip
