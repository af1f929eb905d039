"""The book of wrong answers: shut while more may be asked, left after two right in a row."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import wrong_book as rules
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.wrong_book import Try

START = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
_states = st.lists(
    st.sampled_from(["open", "marking", "held", "graded", "voided"]), min_size=1, max_size=5
)


@given(
    _states, st.lists(st.booleans(), max_size=2), st.sampled_from(["score", "right", "all"]),
    st.sampled_from([None, 3]),
)  # fmt: skip
def test_no_key_while_a_paper_is_open_or_another_may_come(
    states: list, passed: list, shows: str, total: int | None
) -> None:
    policy = StudyPolicy(exam_shows=shows, exam_total=total)
    closed = rules.is_window_closed(policy, states, passed)
    if {"open", "marking", "held"} & set(states):
        assert not closed
    else:
        is_used_up = total is not None and len(states) >= total
        assert closed is (any(passed) or is_used_up or shows == "all")


def test_who_never_sat_has_no_book() -> None:
    assert not rules.is_window_closed(StudyPolicy(exam_shows="all"), [], [])


@given(st.lists(st.booleans(), max_size=12), st.integers(min_value=-3, max_value=12))
def test_two_right_in_a_row_since_it_was_last_wrong(tries: list, wrong_at: int) -> None:
    wrong = START + dt.timedelta(minutes=wrong_at)
    told = [Try(START + dt.timedelta(minutes=n), is_right) for n, is_right in enumerate(tries)]
    since = [is_right for n, is_right in enumerate(tries) if n >= wrong_at]
    run = next((n for n, is_right in enumerate(reversed(since)) if not is_right), len(since))
    assert rules.right_run(wrong, told) == run
    assert rules.is_in_book(wrong, told) is (run < 2)
    assert rules.right_run(wrong, told[::-1]) == run  # in whatever order they come
