"""R1 to R10 at their boundaries."""

import pytest
from msgspec.structs import replace
from study_cases import (
    BOOK,
    HOUR,
    NOON,
    POLICY,
    VIDEO,
    beat,
    books,
    cuts,
    judge,
    of_learner,
    of_lesson,
)

from app.learning.rules.policy import StudyPolicy
from app.learning.rules.states import (
    Challenge,
    ChallengeKind,
    Hold,
    Lesson,
    LessonKind,
    Verdict,
)


def asked(kind=ChallengeKind.IDENTITY, method="face") -> Challenge:
    return Challenge(
        challenge_id="c",
        kind=kind,
        method=method,
        session_id="s",
        enrolment_id="e",
        raised_at_ms=NOON,
        expires_at_ms=NOON + 90_000,
        tries_left=3,
    )


@pytest.mark.parametrize(
    ("allowance", "silence", "expected"),
    [
        (0, 0, 0),
        (0, 1, 1),
        (5, 10, 15),
        (0, 119_999, 119_999),
        (0, 120_000, 120_000),
        (0, 120_001, 120_000),
        (120_000, 7, 120_000),
        (3, -50_000, 3),
    ],
)
def test_r1_the_allowance_is_the_servers_time_up_to_the_grace(allowance, silence, expected):
    given = of_learner(books(allowance_ms=allowance), clock_ms=0)
    after = judge(given, beat(0, 0, 0), now=NOON + silence).books.session
    assert after.allowance_ms == expected
    assert after.heard_at_ms == max(NOON, NOON + silence)


def test_r2_time_the_client_says_has_passed_is_gone_even_when_nothing_played():
    judged = judge(books(), beat(10_000, 0, 0), beat(15_000, 0, 5_000, seq=2))
    assert judged.credited_ms == 5_000
    assert judged.books.session.allowance_ms == 0


@pytest.mark.parametrize(
    ("t", "credited", "code"), [(99, 0, "clock"), (100, 0, "late"), (101, 1, "late")]
)
def test_r2_a_clock_that_runs_back_earns_nothing_and_goes_on_from_there(t, credited, code):
    judged = judge(books(last_t_ms=100), beat(t, 0, 10))
    assert judged.credited_ms == credited
    assert cuts(judged) == [{code: 10 - credited}]
    assert judged.books.session.last_t_ms == t


def test_r2_a_server_clock_behind_the_learners_own_gives_no_second_twice():
    given = of_learner(books(), clock_ms=NOON + 60_000)
    judged = judge(given, beat(15_000, 0, 15_000), now=NOON + 15_000)
    assert judged.books.session.heard_at_ms == NOON + 60_000
    assert judged.books.learner.clock_ms == NOON + 60_000


@pytest.mark.parametrize(
    ("given", "sent", "policy", "code"),
    [
        (of_learner(books(), hold=Hold.MISSED), beat(-1, 5, 5, rate=200), POLICY, "held"),
        (books(), beat(-1, 5, 5, rate=200), POLICY, "clock"),
        (books(), beat(10, 5, 5, rate=200), POLICY, "paused"),
        (books(), beat(10, 5, 15, rate=101, is_visible=False), POLICY, "too_fast"),
        (
            books(),
            beat(10, 5, 15, is_visible=False),
            StudyPolicy(study_window=("06:00", "12:00")),
            "hidden",
        ),
        (
            books(),
            beat(10, 3_000, 3_010),
            StudyPolicy(study_window=("06:00", "12:00")),
            "closed_hours",
        ),
        (books(), beat(10, 2_001, 2_011), POLICY, "ahead"),
    ],
)
def test_r3_the_first_reason_in_the_written_order_drops_the_whole_beat(given, sent, policy, code):
    judged = judge(given, sent, policy=policy)
    assert judged.verdicts == (Verdict(1, 0, ((code, sent.to_ms - sent.from_ms),)),)
    assert judged.credited_ms == 0
    assert judged.books.lesson == given.lesson


def test_r3_a_policy_may_credit_a_hidden_page():
    sent = beat(10, 0, 10, is_visible=False)
    assert judge(books(), sent, policy=StudyPolicy(background=True)).credited_ms == 10


@pytest.mark.parametrize(
    ("window", "is_open"),
    [
        (("12:00", "13:00"), True),
        (("11:00", "12:00"), False),
        (("12:01", "11:59"), False),
        (("22:00", "12:01"), True),
        (("00:00", "24:00"), True),
    ],
)
def test_r3_study_hours_are_local_and_may_cross_midnight(window, is_open):
    assert StudyPolicy(study_window=window).is_open_at(NOON) is is_open


@pytest.mark.parametrize(
    ("start", "credited"), [(100_000, 10), (101_999, 10), (102_000, 10), (102_001, 0)]
)
def test_r4_a_beat_may_begin_two_seconds_beyond_the_frontier(start, credited):
    given = of_lesson(books(), frontier_ms=100_000)
    judged = judge(given, beat(10, start, start + 10))
    assert judged.credited_ms == credited
    assert judged.books.lesson.frontier_ms == (start + 10 if credited else 100_000)


def test_r4_seeking_ahead_is_free_where_the_policy_says_so():
    policy = StudyPolicy(seek_ahead=True)
    assert judge(books(), beat(10, 99_000, 99_010), policy=policy).credited_ms == 10


def test_r4_playing_again_leaves_the_frontier_where_it_was():
    given = of_lesson(books(), frontier_ms=100_000)
    assert judge(given, beat(10, 0, 10)).books.lesson.frontier_ms == 100_000


@pytest.mark.parametrize(
    ("now", "rate", "credited", "late"),
    [
        (15_000, 100, 15_000, 0),
        (14_999, 100, 14_999, 1),
        (15_000, 50, 7_500, 7_500),
        (1, 50, 0, 15_000),
        (0, 100, 0, 15_000),
    ],
)
def test_r5_what_server_time_does_not_pay_for_is_late(now, rate, credited, late):
    judged = judge(books(), beat(15_000, 0, 15_000, rate=rate), now=NOON + now)
    assert judged.credited_ms == credited
    assert cuts(judged) == [{"late": late} if late else {}]
    assert judged.books.lesson.frontier_ms == credited


def test_r5_the_allowance_is_spent_once_over_a_batch():
    judged = judge(books(), beat(10_000, 0, 10_000), beat(20_000, 10_000, 20_000, seq=2))
    assert [verdict.credited_ms for verdict in judged.verdicts] == [10_000, 5_000]


def test_r5_waiting_in_a_hold_is_not_charged_to_what_comes_after():
    """The allowance begins at the hold's end; the client's clock went on all the while."""
    given = books(last_t_ms=0, is_restarted=True, heard_at_ms=NOON + 60_000)
    first = judge(given, beat(64_000, 0, 2_000), now=NOON + 64_000)
    assert (first.credited_ms, first.books.session.allowance_ms) == (2_000, 2_000)
    # The first report came 1.5 s late, the next in time: nothing of it is late.
    second = judge(first.books, beat(66_000, 2_000, 4_000, seq=2), now=NOON + 64_500)
    assert (second.credited_ms, second.books.session.is_restarted) == (2_000, False)


def test_r5_a_pause_longer_than_the_grace_leaves_room_for_a_slow_first_report():
    first = judge(books(), beat(200_000, 0, 2_000), now=NOON + 203_000)
    assert (first.credited_ms, first.books.session.allowance_ms) == (2_000, 118_000)


@pytest.mark.parametrize(("silence", "left"), [(119_999, 0), (120_000, 0), (120_001, 118_000)])
def test_r5_only_a_pause_longer_than_the_grace_does_so(silence, left):
    judged = judge(books(), beat(120_000, 0, 2_000), now=NOON + silence)
    assert (judged.credited_ms, judged.books.session.allowance_ms) == (2_000, left)


@pytest.mark.parametrize(
    ("rate", "spent", "credited"), [(100, 1_001, 1_001), (75, 1_335, 1_001), (50, 2_002, 1_001)]
)
def test_r2_after_a_hold_a_stretch_takes_its_own_length_in_whole_milliseconds(
    rate, spent, credited
):
    """Wherever it lies; slow playing takes longer, and a broken millisecond is a whole one."""
    given = of_lesson(books(is_restarted=True), frontier_ms=50_000)
    judged = judge(given, beat(90_000, 50_000, 51_001, rate=rate))
    assert judged.credited_ms == credited
    assert judged.books.session.allowance_ms == 15_000 - spent
    assert type(judged.books.session.allowance_ms) is int


def test_r5_after_a_hold_the_servers_time_still_is_the_most():
    given = books(last_t_ms=0, is_restarted=True, heard_at_ms=NOON + 60_000)
    judged = judge(given, beat(90_000, 0, 30_000), now=NOON + 64_000)
    assert (judged.credited_ms, cuts(judged)) == (4_000, [{"late": 26_000}])


def test_r6_only_what_was_delivered_counts_but_the_frontier_goes_on():
    judged = judge(books(), beat(10_000, 0, 10_000), delivered=((2_000, 3_000), (9_000, 11_000)))
    assert judged.books.lesson.covered == ((2_000, 3_000), (9_000, 10_000))
    assert cuts(judged) == [{"not_delivered": 8_000}]
    assert judged.books.lesson.frontier_ms == 10_000


def test_r6_a_policy_may_switch_the_proof_off_but_never_counts_past_the_end():
    given = of_lesson(books(), frontier_ms=HOUR)
    policy = StudyPolicy(media_proof=False)
    judged = judge(given, beat(10_000, HOUR - 4_000, HOUR + 6_000), policy=policy, delivered=())
    assert judged.credited_ms == 4_000
    assert cuts(judged) == [{"not_delivered": 6_000}]
    assert judged.books.lesson.frontier_ms == HOUR


@pytest.mark.parametrize(("length", "credited"), [(HOUR, 10), (9, 9), (0, 0)])
def test_r6_without_the_proof_all_of_a_lesson_counts_from_its_first_moment(length, credited):
    lesson = replace(VIDEO, length_ms=length)
    policy = StudyPolicy(media_proof=False)
    assert judge(books(), beat(10, 0, 10), policy=policy, lesson=lesson).credited_ms == credited


PACKAGE = Lesson("p", LessonKind.PACKAGE, 60_000, (0, 20_000))


@pytest.mark.parametrize(
    ("delivered", "credited", "cut"),
    [
        (((20_000, 60_000),), 10_000, {}),
        (((0, 20_000),), 0, {"not_delivered": 10_000}),
        ((), 0, {"not_delivered": 10_000}),
    ],
)
def test_r29_a_part_counts_once_its_start_page_was_sent_and_is_never_ahead(
    delivered, credited, cut
):
    judged = judge(books(), beat(10_000, 30_000, 40_000), lesson=PACKAGE, delivered=delivered)
    assert judged.credited_ms == credited
    assert cuts(judged) == [cut]


def test_r29_a_part_gives_no_more_than_its_own_length():
    judged = judge(books(), beat(10_000, 15_000, 25_000), lesson=PACKAGE)
    assert judged.credited_ms == 5_000
    assert cuts(judged) == [{"ahead": 5_000}]


@pytest.mark.parametrize(
    ("lesson", "percent", "counted"),
    [(PACKAGE, 200, 20_000), (PACKAGE, 100, 10_000), (PACKAGE, 333, 33_300), (VIDEO, 200, 10_000)],
)
def test_r29_time_in_a_package_brings_the_next_presence_check_nearer(lesson, percent, counted):
    policy = StudyPolicy(package_checks=percent)
    judged = judge(books(), beat(10_000, 0, 10_000), policy=policy, lesson=lesson)
    assert judged.books.learner.since_presence_ms == counted
    assert judged.books.learner.since_identity_ms == 10_000


def test_r7_what_is_covered_already_is_repeated():
    given = of_lesson(books(), covered=((0, 4_000), (6_000, 7_000)), frontier_ms=7_000)
    judged = judge(given, beat(10_000, 0, 10_000))
    assert judged.credited_ms == 5_000
    assert cuts(judged) == [{"repeated": 5_000}]
    assert judged.books.lesson.covered == ((0, 10_000),)


@pytest.mark.parametrize(
    ("used", "credited"), [(21_599_999, 1), (21_600_000, 0), (21_590_000, 10_000)]
)
def test_r8_a_day_has_six_hours(used, credited):
    judged = judge(of_learner(books(), day_used_ms=used), beat(10_000, 0, 10_000))
    assert judged.credited_ms == credited
    assert judged.books.learner.day_used_ms == min(used + 10_000, 21_600_000)
    assert cuts(judged) == [{"daily_cap": 10_000 - credited} if credited < 10_000 else {}]


def test_r8_a_policy_may_have_no_cap():
    given = of_learner(books(), day_used_ms=80_000_000)
    policy = StudyPolicy(daily_cap_s=None)
    assert judge(given, beat(10_000, 0, 10_000), policy=policy).credited_ms == 10_000


def test_r8_the_day_is_that_of_now_in_shanghai():
    midnight = NOON + 12 * HOUR
    given = of_learner(books(heard_at_ms=midnight - 20_000), day_used_ms=21_600_000)
    before = judge(given, beat(10_000, 0, 10_000), now=midnight - 1)
    after = judge(given, beat(10_000, 0, 10_000), now=midnight)
    assert (before.credited_ms, after.credited_ms) == (0, 10_000)
    assert after.books.learner.day == before.books.learner.day + 1


@pytest.mark.parametrize(("since", "credited"), [(1_269_999, 10), (1_270_000, 0)])
def test_r9_a_check_left_open_longer_than_its_tries_stops_the_counting(since, credited):
    given = of_learner(
        books(), challenge=asked(), since_identity_ms=since, identity_due_ms=1_000_000
    )
    assert judge(given, beat(10, 0, 10)).credited_ms == credited


def test_r9_counts_from_the_widest_gap_when_no_check_is_due():
    given = of_learner(books(), challenge=asked(), since_identity_ms=1_800_000 + 270_000)
    assert cuts(judge(given, beat(10, 0, 10))) == [{"held": 10}]


def test_r9_a_presence_picture_does_not_stop_the_counting():
    given = of_learner(
        books(), challenge=asked(ChallengeKind.PRESENCE, "picture"), since_identity_ms=9_000_000
    )
    assert judge(given, beat(10, 0, 10)).credited_ms == 10


LONG = StudyPolicy(min_continuous_s=10)


def test_r10_a_stretch_ripens_when_it_is_long_enough():
    judged = judge(books(), beat(9_999, 0, 9_999), policy=LONG)
    assert [piece.is_ripe for piece in judged.books.learner.pending] == [False]
    judged = judge(judged.books, beat(10_000, 9_999, 10_000, seq=2), policy=LONG)
    assert [(piece.is_ripe, piece.ms) for piece in judged.books.learner.pending] == [(True, 10_000)]


@pytest.mark.parametrize(
    "second",
    [beat(12_000, 5_000, 5_000, seq=2), beat(9_000, 0, 4_000, seq=2), beat(2, 5_000, 5_001, seq=2)],
)
def test_r10_a_broken_stretch_is_taken_back(second):
    judged = judge(books(), beat(5_000, 0, 5_000), policy=LONG)
    assert judged.books.learner.day_used_ms == 5_000
    judged = judge(judged.books, second, policy=LONG)
    assert [(part.reason, part.ms) for part in judged.taken] == [("too_short", 5_000)]
    pending = sum(piece.ms for piece in judged.books.learner.pending)
    assert judged.books.learner.day_used_ms == pending
    assert judged.books.lesson.covered == (((0, 4_000),) if pending else ())


def test_r10_the_pause_a_challenge_asks_for_breaks_nothing():
    judged = judge(books(), beat(5_000, 0, 5_000), policy=LONG)
    given = of_learner(judged.books, challenge=asked(ChallengeKind.PRESENCE, "picture"))
    judged = judge(given, beat(12_000, 5_000, 5_000, seq=2), policy=LONG)
    assert not judged.taken


def test_r10_a_second_may_be_the_least_too():
    policy = StudyPolicy(min_continuous_s=1)
    judged = judge(books(), beat(999, 0, 999), beat(1_000, 999, 999, seq=2), policy=policy)
    assert [part.ms for part in judged.taken] == [999]


def test_r10_a_stretch_broken_in_another_lesson_leaves_this_ones_coverage_alone():
    first = judge(books(), beat(5_000, 0, 5_000), policy=LONG)
    given = of_lesson(first.books, covered=((0, 3_000),), frontier_ms=3_000)
    other = replace(VIDEO, lesson_id="other")
    judged = judge(given, beat(7_000, 3_000, 5_000, seq=2), policy=LONG, lesson=other)
    assert judged.books.lesson.covered == ((0, 5_000),)
    assert [part.lesson_id for part in judged.taken] == ["video"]


def test_r13_reading_ends_at_the_end_of_the_page():
    judged = judge(books(), beat(15_000, 50_000, 65_000), lesson=BOOK, delivered=((0, 180_000),))
    assert judged.credited_ms == 10_000
    assert cuts(judged) == [{"ahead": 5_000}]


def test_r13_a_beat_that_begins_past_the_last_page_earns_nothing():
    given = of_lesson(books(), frontier_ms=120_000)
    judged = judge(given, beat(15_000, 200_000, 201_000), lesson=BOOK, delivered=((0, 180_000),))
    assert cuts(judged) == [{"ahead": 1_000}]


@pytest.mark.parametrize(("dwell", "code"), [(4_999, "ahead"), (5_000, None)])
def test_r13_the_next_page_opens_after_the_least_time_on_this_one(dwell, code):
    whole = ((0, 180_000),)
    first = judge(books(), beat(dwell, 0, dwell), lesson=BOOK, delivered=whole)
    assert first.books.lesson.frontier_ms == (0 if code else 60_000)
    second = judge(
        first.books, beat(dwell + 9, 60_000, 60_009, seq=2), lesson=BOOK, delivered=whole
    )
    assert cuts(second) == [{code: 9} if code else {}]


def test_r13_a_page_shorter_than_the_least_time_is_read_when_it_is_through():
    lesson = Lesson("short", LessonKind.DOCUMENT, 63_000, (0, 3_000))
    judged = judge(books(), beat(3_000, 0, 3_000), lesson=lesson, delivered=((0, 63_000),))
    assert judged.books.lesson.frontier_ms == 3_000


def test_r13_the_frontier_of_a_document_never_falls_back():
    given = of_lesson(books(), frontier_ms=60_000)
    judged = judge(given, beat(10, 0, 10), lesson=BOOK, delivered=((0, 180_000),))
    assert judged.books.lesson.frontier_ms == 60_000


def test_r13_a_document_without_pages_has_no_frontier():
    lesson = Lesson("empty", LessonKind.DOCUMENT, 60_000)
    judged = judge(books(), beat(10, 0, 10), lesson=lesson, delivered=((0, 60_000),))
    assert judged.books.lesson.frontier_ms == 0


def test_credited_and_cuts_make_up_what_the_beat_reported():
    given = of_lesson(books(), covered=((1_000, 2_000),))
    sent = beat(20_000, 0, 20_000)
    judged = judge(given, sent, delivered=((0, 9_000),))
    [verdict] = judged.verdicts
    assert verdict.credited_ms + sum(ms for _, ms in verdict.cuts) == 20_000
    assert cuts(judged) == [{"late": 5_000, "not_delivered": 6_000, "repeated": 1_000}]
