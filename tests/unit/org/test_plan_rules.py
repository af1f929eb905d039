"""A plan's numbers and its year, by generated input."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.org.rules import plans

SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(heads=st.integers(-5, 2_000_000), yuan=st.integers(-5, 2_000_000_000))
def test_only_numbers_within_bounds_pass(heads: int, yuan: int) -> None:
    flaw = plans.flaw_of(heads=heads, budget_yuan=yuan)
    is_right = 1 <= heads <= plans.MOST_HEADS and 0 <= yuan <= plans.MOST_YUAN
    assert (flaw is None) == is_right
    if flaw:
        assert flaw.field == ("/budget_yuan" if 1 <= heads <= plans.MOST_HEADS else "/heads")


@given(minutes=st.integers(0, 79 * 365 * 1440))
def test_a_moment_is_in_one_year_of_the_calendar(minutes: int) -> None:
    moment = dt.datetime(2020, 1, 2, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    year = moment.astimezone(SHANGHAI).year
    first, before = plans.span_of(year, SHANGHAI)
    assert first <= moment < before
    assert plans.span_of(year + 1, SHANGHAI)[0] == before


@given(done=st.integers(0, 10_000), heads=st.integers(1, 10_000))
def test_a_share_is_a_whole_percent_up_to_a_hundred(done: int, heads: int) -> None:
    found = plans.percent(done, heads)
    assert 0 <= found <= 100
    assert (found == 100) == (done >= heads)
