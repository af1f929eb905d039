"""Checks during an exam: no answers give time away, nothing is forgotten at the end."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import exam_checks as rules
from app.learning.rules.answers import Answer
from app.learning.rules.exam_checks import OpenCheck, Verdict, Why

START = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
TTL = dt.timedelta(seconds=90)
SECOND = dt.timedelta(seconds=1)
NOTHING = dt.timedelta(0)
_whys = st.sampled_from(Why)
_waits = st.integers(min_value=0, max_value=80).map(lambda seconds: seconds * SECOND)
_history = st.lists(st.tuples(st.sampled_from(Answer), _waits), max_size=12)


def _asked(why: Why = Why.DRAWN) -> OpenCheck:
    return OpenCheck(why=why, raised_at=START, expires_at=START + TTL, lent=TTL)


def _run(check: OpenCheck, history: list) -> tuple[OpenCheck, Verdict | None, dt.datetime]:
    now = START
    for said, wait in history:
        now += wait
        if not rules.is_in_time(check, now):
            break
        step = rules.answered(check, said, now, TTL)
        check = step.check
        if step.verdict is not None:
            return check, step.verdict, now
    return check, None, now


@given(_whys, _history)
def test_time_comes_back_only_for_a_pass_that_we_asked_for_and_never_more_than_it_took(
    why: Why, history: list
) -> None:
    check, verdict, now = _run(_asked(why), history)
    verdict = verdict or rules.lapsed(check, check.expires_at + 30 * SECOND)
    assert verdict is not None
    back = rules.given_back(check, verdict, now, TTL)
    assert NOTHING <= back <= min(check.lent, now - START)
    if why is Why.BEGIN:  # the paper was shut all the while
        assert back == min(check.lent, now - START)
        assert check.lent == check.expires_at - START
        return
    if verdict is not Verdict.PASSED or why in {Why.RETURN, Why.DEVICE}:
        assert back == NOTHING
    assert back <= TTL + check.ours
    # What was lent is exactly what the answer's time was made longer by.
    assert check.lent == check.expires_at - START


@given(st.integers(min_value=1, max_value=80), st.integers(min_value=0, max_value=80))
def test_wrong_tries_of_ones_own_make_no_exam_longer(first: int, second: int) -> None:
    now = START + first * SECOND
    check = rules.answered(_asked(Why.DRAWN), Answer.WRONG, now, TTL).check
    now += second * SECOND
    check = rules.answered(check, Answer.WRONG, now, TTL).check
    now += 80 * SECOND
    judged = rules.begin_judging(check, now)
    now += 5 * SECOND
    step = rules.answered(judged, Answer.PASSED, now, TTL)
    assert step.verdict is Verdict.PASSED
    back = rules.given_back(step.check, step.verdict, now, TTL)
    assert back == min(now - START, TTL + 5 * SECOND)


@given(_whys, _history, st.integers(min_value=0, max_value=600))
def test_only_the_check_at_the_beginning_keeps_a_paper_shut_and_while_it_is_open(
    why: Why, history: list, later: int
) -> None:
    check, verdict, now = _run(_asked(why), history)
    if verdict is None:
        at = now + later * SECOND
        is_open = rules.lapsed(check, at) is None
        assert rules.keeps_shut(check, at, TTL) is (why is Why.BEGIN and is_open)


def test_a_lost_judging_gives_the_try_once_more_and_only_that() -> None:
    judged = rules.begin_judging(_asked(), START + 80 * SECOND)
    assert rules.is_being_judged(judged, START + 200 * SECOND)
    lost_at = START + 201 * SECOND
    assert not rules.is_being_judged(judged, lost_at)
    again = rules.found_again(judged, lost_at, TTL)
    assert (again.judging_until, again.tries_left) == (None, rules.TRIES)
    assert again.expires_at == START + 200 * SECOND + TTL
    assert (again.lent, again.ours) == (again.expires_at - START, 200 * SECOND)
    assert rules.found_again(again, lost_at + 60 * SECOND, TTL) == again
    assert rules.lapsed(again, again.expires_at) is None
    assert rules.lapsed(again, again.expires_at + 16 * SECOND) is Verdict.MISSED


@given(st.integers(0, 90), st.integers(0, 600))
def test_a_paper_waits_for_a_judging_and_for_the_try_after_a_lost_one(at: int, after: int) -> None:
    arrived_at = START + at * SECOND
    now = arrived_at + after * SECOND
    assert not rules.waits_for_judging(_asked(), now, TTL)
    judged = rules.begin_judging(_asked(), arrived_at)
    until = arrived_at + 120 * SECOND + TTL + 15 * SECOND
    assert rules.waits_for_judging(judged, now, TTL) is (now <= until)


@given(_history)
def test_an_end_rests_on_an_answer_of_its_kind(history: list) -> None:
    check, verdict, _ = _run(_asked(), history)
    said = [answer for answer, _ in history]
    if verdict is Verdict.PASSED:
        assert Answer.PASSED in said
    if verdict is Verdict.FAILED:
        assert said.count(Answer.WRONG) >= rules.TRIES
    if verdict is Verdict.UNCERTAIN:
        assert said.count(Answer.UNCERTAIN) >= 2
    if verdict is None:
        assert check.tries_left >= 1


def test_outages_take_no_try_and_a_dark_picture_no_time() -> None:
    later = START + 60 * SECOND
    outage = rules.answered(_asked(), Answer.PROVIDER_ERROR, later, TTL).check
    assert (outage.tries_left, outage.expires_at) == (rules.TRIES, later + TTL)
    dark = rules.answered(_asked(), Answer.UNUSABLE, later, TTL).check
    assert (dark.tries_left, dark.expires_at) == (rules.TRIES, START + TTL)
    # Only the time that we took to judge comes back.
    judged = rules.begin_judging(_asked(), later)
    slow = rules.answered(judged, Answer.UNUSABLE, later + 10 * SECOND, TTL).check
    assert slow.expires_at == START + TTL + 10 * SECOND


def test_silence_is_told_from_a_miss_and_judging_costs_nothing() -> None:
    late = START + TTL + 16 * SECOND
    assert rules.lapsed(_asked(), START + TTL) is None
    assert rules.lapsed(_asked(), late) is Verdict.SILENT
    judged = rules.begin_judging(_asked(), START + TTL)
    assert rules.lapsed(judged, late) is None
    assert rules.lapsed(judged, START + TTL + 121 * SECOND) is Verdict.MISSED
    early = rules.begin_judging(replace(_asked(), expires_at=START + 10 * TTL), START)
    assert rules.lapsed(early, START + 121 * SECOND) is None


@given(st.integers(min_value=0, max_value=600), st.lists(_waits, max_size=5))
def test_back_from_an_absence_is_whoever_was_silent_or_out_of_sight_for_long(
    silent_s: int, hidden: list
) -> None:
    found = rules.was_away(START, START + silent_s * SECOND, hidden)
    is_long = silent_s > 60 or any(each >= rules.AWAY for each in hidden)
    assert (found is not None) is is_long


@given(st.integers(min_value=-(10**9), max_value=10**12), st.integers(min_value=0, max_value=10**6))
def test_no_page_was_left_for_longer_than_the_paper_is_open(told_ms: int, since_ms: int) -> None:
    now = START + dt.timedelta(milliseconds=since_ms)
    assert NOTHING <= rules.told_away(told_ms, now, START) <= now - START


def test_a_check_that_was_due_long_before_the_end_was_kept_away() -> None:
    assert not rules.is_unasked(None, START)
    assert not rules.is_unasked(START, START + 90 * SECOND)
    assert rules.is_unasked(START, START + 91 * SECOND)


@given(st.sets(st.sampled_from(Verdict)))
def test_everything_but_a_pass_holds_and_another_face_comes_first(verdicts: set) -> None:
    held = rules.holding(verdicts)
    assert set(held) == verdicts - {Verdict.PASSED}
    if Verdict.WRONG_FACE in verdicts:
        assert held[0] is Verdict.WRONG_FACE


def test_every_end_and_occasion_has_words() -> None:
    assert set(rules.VERDICT_NAMES) == set(Verdict)
    assert set(rules.WHY_NAMES) == set(Why)
    assert set(rules.AWAY_NAMES) == set(rules.AwayKind)
    assert "3 次" in rules.sentence_of(None, 3)
    assert rules.sentence_of(Verdict.MISSED, 0) != rules.sentence_of(Verdict.PASSED, 0)
