"""When a vendor is asked again, and when it is left alone: over every course of failures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import vendor_calls
from app.identity.rules.vendor_calls import Breaker, CallPolicy, Failure

POLICY = CallPolicy(attempts=4, pause_ms=200, failures=3, rest_ms=1000)
WELL = [None, Failure.REFUSED, Failure.THROTTLED]
ILL = [Failure.UNREACHED, Failure.LOST, Failure.BROKEN, Failure.MALFORMED]


@pytest.mark.parametrize("failure", Failure)
def test_a_message_is_repeated_only_where_it_never_arrived(failure: Failure) -> None:
    is_repeated = vendor_calls.may_repeat(failure, is_question=False)
    assert is_repeated == (failure is Failure.UNREACHED)


@pytest.mark.parametrize("failure", Failure)
def test_a_question_is_repeated_after_what_passes(failure: Failure) -> None:
    passing = {Failure.UNREACHED, Failure.LOST, Failure.BROKEN}
    assert vendor_calls.may_repeat(failure, is_question=True) == (failure in passing)


@pytest.mark.parametrize("failure", Failure)
def test_what_may_have_been_done_is_never_sent_again_as_a_message(failure: Failure) -> None:
    was_asked = failure not in {Failure.UNREACHED, Failure.SPARED, Failure.RESTING}
    is_no = failure in {Failure.REFUSED, Failure.THROTTLED}
    assert vendor_calls.may_have_been_done(failure) == (was_asked and not is_no)
    if vendor_calls.may_have_been_done(failure):
        assert not vendor_calls.may_repeat(failure, is_question=False)


@given(st.integers(2, 5), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_and_spread(attempt: int, chance: float) -> None:
    pause = vendor_calls.pause_before(attempt, POLICY, chance)
    longest = 200 * 2 ** (attempt - 2)
    assert longest // 2 <= pause <= longest
    assert vendor_calls.pause_before(attempt, POLICY, 0.0) < vendor_calls.pause_before(
        attempt, POLICY, 0.99
    )


def _after(failures: list[Failure | None], now_ms: int = 0) -> Breaker:
    breaker = Breaker()
    for failure in failures:
        breaker = vendor_calls.ended(vendor_calls.begun(breaker), failure, POLICY, now_ms)
    return breaker


@given(st.lists(st.sampled_from(ILL), min_size=3, max_size=3))
def test_failures_in_a_row_make_a_rest_and_one_tries_after_it(failures: list[Failure]) -> None:
    assert vendor_calls.may_ask(_after(failures[:2]), 0)
    resting = _after(failures)
    assert not vendor_calls.may_ask(resting, 999)
    assert vendor_calls.may_ask(resting, 1000)
    trying = vendor_calls.begun(resting)
    assert not vendor_calls.may_ask(trying, 1000)
    again = vendor_calls.ended(trying, Failure.LOST, POLICY, 1000)
    assert not vendor_calls.may_ask(again, 1999)
    assert vendor_calls.may_ask(again, 2000)
    assert vendor_calls.ended(vendor_calls.begun(again), None, POLICY, 2000) == Breaker()


@given(st.lists(st.sampled_from([*ILL, *WELL]), max_size=30))
def test_any_answer_in_between_begins_the_count_anew(course: list[Failure | None]) -> None:
    in_a_row, breaker = 0, Breaker()
    for failure in course:
        if not vendor_calls.may_ask(breaker, 0):
            assert in_a_row >= POLICY.failures
            break
        assert in_a_row < POLICY.failures
        breaker = vendor_calls.ended(vendor_calls.begun(breaker), failure, POLICY, 0)
        in_a_row = in_a_row + 1 if failure in ILL else 0


@pytest.mark.parametrize("failure", [Failure.SPARED, Failure.RESTING])
def test_who_was_not_asked_tells_nothing(failure: Failure) -> None:
    ill = _after([Failure.LOST, Failure.LOST])
    assert vendor_calls.ended(ill, failure, POLICY, 0) == ill
    trying = vendor_calls.begun(_after([Failure.LOST] * 3))
    given_up = vendor_calls.ended(trying, failure, POLICY, 1000)
    assert vendor_calls.may_ask(given_up, 1000)
