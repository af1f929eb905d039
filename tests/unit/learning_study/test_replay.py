"""R20: stored evidence judged again; what it read, what it gives, and what it does not believe."""

import pytest
from msgspec.structs import replace
from study_cases import (
    BOOK,
    NOON,
    POLICY,
    VIDEO,
    WHOLE,
    beat,
    books,
    judge,
    of_learner,
    of_lesson,
    of_session,
)
from test_challenges import ASKED, DAY, PRESENCE, piece

from app.learning.rules.crediting import Books
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.replay import (
    Reading,
    Replayed,
    Step,
    Told,
    judge_again,
    read,
    replay,
    retell,
)
from app.learning.rules.states import Batch, Beat, Cut, Hold, Lesson, Verdict

BREAKS = StudyPolicy(continuous_max_s=60, break_s=90)
UNRIPE = replace(piece(stretches=((0, 3_000),)), is_ripe=False)


def step(
    given: Books, *beats: Beat, policy: StudyPolicy = POLICY, lesson: Lesson = VIDEO,
    now_ms: int = NOON + 15_000,
) -> Step:  # fmt: skip
    batch = Batch(lesson.lesson_id, beats)
    return Step(lesson, batch, read(policy, lesson, given, batch, delivered=WHOLE, now_ms=now_ms))


def test_a_reading_holds_what_the_batch_can_have_touched() -> None:
    given = of_learner(
        books(allowance_ms=7, is_restarted=True, heard_at_ms=NOON - 3),
        clock_ms=NOON - 1, day_used_ms=11, hold=Hold.MISSED, challenge=ASKED, stint_ms=12,
        stint_at_ms=13, pending=(piece(), UNRIPE),
    )  # fmt: skip
    given = of_lesson(given, covered=((0, 20), (25, 31), (90, 99)), frontier_ms=14)
    sent = beat(5, 15, 20), beat(6, 10, 30, seq=2), beat(7, 12, 25, seq=3)
    found = Reading(
        now_ms=NOON + 15_000, clock_ms=NOON - 1, allowance_ms=7, heard_at_ms=NOON - 3,
        is_restarted=True, is_held=True, is_challenged=True, day=DAY, day_used_ms=11,
        frontier_ms=14, covered=((10, 20), (25, 30)), delivered=((10, 30),),
        unripe=(("video", DAY, ((0, 3_000),)),),
    )  # fmt: skip
    assert step(given, *sent).reading == found
    counted = replace(found, stint_ms=12, stint_at_ms=13)
    assert step(given, *sent, policy=BREAKS).reading == counted
    plain = step(books(), *sent).reading
    assert (plain.is_held, plain.is_challenged, plain.unripe) == (False, False, ())


def test_of_a_document_the_whole_coverage_is_read_and_nothing_lies_past_the_end() -> None:
    given = of_lesson(books(), covered=((0, 20), (90, 99)))
    reading = step(given, beat(5, 50, 500_000), lesson=BOOK).reading
    assert (reading.covered, reading.delivered) == (((0, 20), (90, 99)), ((50, 180_000),))


LONG = StudyPolicy(min_continuous_s=10)
CASES = [
    (books(), (beat(5, 0, 5),), POLICY),
    (books(allowance_ms=400, last_t_ms=50), (beat(70, 0, 20), beat(60, 20, 30)), POLICY),
    (books(is_restarted=True), (beat(90_000, 0, 20_000),), POLICY),
    (books(is_restarted=True), (beat(90_000, 0, 2_000),), POLICY),
    (of_learner(books(), clock_ms=NOON + 40_000), (beat(30_000, 0, 30_000),), POLICY),
    (of_learner(books(), hold=Hold.FAILED), (beat(5, 0, 5),), POLICY),
    (of_learner(books(), day_used_ms=21_599_990), (beat(50, 0, 50),), POLICY),
    (of_lesson(books(), covered=((3, 9),), frontier_ms=9_000), (beat(99, 9_000, 9_009),), POLICY),
    (of_learner(books(), stint_ms=59_000, stint_at_ms=NOON), (beat(4_000, 0, 4_000),), BREAKS),
    (of_learner(books(), stint_ms=59_000, stint_at_ms=5), (beat(4_000, 0, 4_000),), BREAKS),
]


@pytest.mark.parametrize(("given", "sent", "policy"), CASES)
def test_what_was_read_is_enough_to_judge_again(given, sent, policy) -> None:
    """Of the session it takes what earlier steps left there, not its clock and its allowance."""
    first = judge(given, *sent, policy=policy)
    bare = replace(given.session, allowance_ms=0, heard_at_ms=0, is_restarted=False)
    again = judge_again(policy, bare, step(given, *sent, policy=policy))
    assert (again.verdicts, again.taken) == (first.verdicts, first.taken)
    assert again.books.session == first.books.session


@pytest.mark.parametrize("is_asked", [False, True])
def test_r10_what_a_pause_takes_back_is_taken_back_again(is_asked) -> None:
    """A pause breaks the stretch, but not while a check is open."""
    first = judge(books(), beat(3_000, 0, 3_000), policy=LONG).books
    if is_asked:
        first = of_learner(first, challenge=replace(ASKED, kind=PRESENCE))
    sent = beat(4_000, 3_000, 3_000, seq=2)
    judged = judge(first, sent, policy=LONG)
    again = judge_again(LONG, first.session, step(first, sent, policy=LONG))
    assert again.taken == judged.taken
    assert len(judged.taken) == (0 if is_asked else 1)
    assert again.books.session == judged.books.session


def test_r10_what_goes_on_and_then_breaks_is_taken_back_as_one() -> None:
    first = judge(books(), beat(3_000, 0, 3_000), policy=LONG).books
    sent = beat(4_000, 3_000, 4_000, seq=2), beat(5_000, 0, 500, seq=3)
    judged = judge(first, *sent, policy=LONG)
    again = judge_again(LONG, first.session, step(first, *sent, policy=LONG))
    assert again.taken == judged.taken
    assert [part.stretches for part in judged.taken] == [((0, 4_000),)]


def test_a_session_is_told_beat_by_beat() -> None:
    opened = books(heard_at_ms=NOON).session
    given = of_learner(books(), clock_ms=NOON + 1)
    sent = beat(4_000, 0, 5_000), beat(20_000, 5_000, 9_000, seq=2)
    first = step(given, *sent, now_ms=NOON + 15_000)
    after = judge(given, *sent).books
    late = beat(21_000, 9_000, 10_000, seq=3)
    second = step(after, late, now_ms=NOON + 500)  # the server's clock went back
    common = {"session_id": "s", "enrolment_id": "e", "lesson_id": "video", "day": DAY}
    common["arrived_ms"] = NOON + 15_000
    assert retell(POLICY, opened, [first, second]) == [
        Told(**common, beat=sent[0], verdict=Verdict(1, 4_000, ((Cut.LATE, 1_000),)),
             span_ms=4_000),
        Told(**common, beat=sent[1], verdict=Verdict(2, 4_000), span_ms=11_000),
        Told(**common, beat=late, verdict=Verdict(3, 0, ((Cut.LATE, 1_000),)), span_ms=0),
    ]  # fmt: skip


def lived(count: int = 3, policy: StudyPolicy = POLICY) -> list[Step]:
    """Reports of a quarter of a minute, one after the other."""
    steps, state = [], books()
    for number in range(1, count + 1):
        start, end = 15_000 * (number - 1), 15_000 * number
        sent = beat(end, start, end, seq=number)
        steps.append(step(state, sent, policy=policy, now_ms=NOON + end))
        state = judge(state, sent, policy=policy, now=NOON + end).books
    return steps


def altered(place: int, **values: object) -> list[Step]:
    steps = lived()
    reading = replace(steps[place].reading, **values)
    return [*steps[:place], replace(steps[place], reading=reading), *steps[place + 1 :]]


def test_a_session_gives_the_same_again() -> None:
    assert replay(POLICY, books().session, lived()) == Replayed(45_000, is_sound=True)
    assert replay(POLICY, books().session, []) == Replayed(0, is_sound=True)


@pytest.mark.parametrize(
    ("values", "is_sound"),
    [
        ({"allowance_ms": 1}, False),
        ({"heard_at_ms": NOON + 14_999}, False),
        ({"heard_at_ms": NOON + 15_000, "allowance_ms": 0}, True),
        ({"heard_at_ms": NOON + 15_001}, True),
        ({"heard_at_ms": NOON + 15_001, "allowance_ms": 1}, False),
    ],
)
def test_no_step_may_begin_with_more_time_than_was_left(values, is_sound) -> None:
    """Later and with nothing is what the end of a hold looks like."""
    assert replay(POLICY, books().session, altered(1, **values)).is_sound is is_sound


def test_a_hold_may_begin_and_end_in_one_moment() -> None:
    """What was left of the allowance is gone then, and nothing is unsound about it."""
    first = step(books(), beat(10_000, 0, 10_000))
    after = judge(books(), beat(10_000, 0, 10_000)).books
    then = step(of_session(after, allowance_ms=0), beat(11_000, 10_000, 11_000, seq=2))
    assert after.session.allowance_ms == 5_000
    assert replay(POLICY, books().session, [first, then]).is_sound


def test_one_step_that_is_not_sound_is_enough_wherever_it_is() -> None:
    found = [replay(POLICY, books().session, altered(n, allowance_ms=9)) for n in range(3)]
    assert [each.is_sound for each in found] == [False] * 3


def test_r24_under_another_policy_the_replay_counts_towards_the_break_itself() -> None:
    """Nobody counted when it happened: of a minute and a half this policy gives a minute."""
    assert replay(BREAKS, books().session, lived(6)) == Replayed(60_000, is_sound=True)


def test_r24_under_its_own_policy_what_was_counted_then_stands() -> None:
    opened = of_learner(books(), stint_ms=50_000, stint_at_ms=NOON - 1_000)
    sent = beat(15_000, 0, 15_000)
    first = step(opened, sent, policy=BREAKS)
    judged = judge(opened, sent, policy=BREAKS)
    assert replay(BREAKS, opened.session, [first]).credited_ms == judged.credited_ms == 10_000
    again = lived(6, BREAKS)
    assert replay(BREAKS, books().session, again).credited_ms == 60_000
    elsewhere = replace(again[2].reading, stint_ms=60_000)
    full = [*again[:2], replace(again[2], reading=elsewhere)]
    assert replay(BREAKS, books().session, full).credited_ms == 30_000
    since = [replace(each.reading, stint_ms=0, stint_at_ms=each.reading.now_ms) for each in again]
    rested = [replace(each, reading=read_) for each, read_ in zip(again, since, strict=True)]
    assert replay(BREAKS, books().session, rested).credited_ms == 90_000
