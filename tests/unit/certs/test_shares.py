"""How long a link to a certificate holds: to the end of its last day in Shanghai, or less."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.shares import DAYS, ShareState, last_day, state_of

_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MOMENTS = st.timedeltas(dt.timedelta(0), dt.timedelta(days=1500)).map(
    lambda after: BEGINNING + after
)


@given(made_at=MOMENTS, days=st.sampled_from(DAYS), after=st.timedeltas(dt.timedelta(0)))
def test_a_link_holds_to_the_last_second_of_its_last_day(
    made_at: dt.datetime, days: int, after: dt.timedelta
) -> None:
    now = made_at + min(after, dt.timedelta(days=200))
    ends_on = last_day(days, now=made_at)
    end = dt.datetime.combine(ends_on + dt.timedelta(days=1), dt.time(), _SHANGHAI)
    found = state_of(ends_on=ends_on, withdrawn_at=None, now=now)
    assert found is (ShareState.OPEN if now < end else ShareState.OVER)
    # Never less than what was asked for, and less than a day more.
    assert dt.timedelta(days=days) < end - made_at <= dt.timedelta(days=days + 1)


@pytest.mark.parametrize("after", [dt.timedelta(0), dt.timedelta(days=400)])
def test_a_link_that_was_taken_back_says_so_for_ever(after: dt.timedelta) -> None:
    made_at = dt.datetime(2026, 11, 27, 4, tzinfo=dt.UTC)
    ends_on = last_day(30, now=made_at)
    found = state_of(ends_on=ends_on, withdrawn_at=made_at, now=made_at + after)
    assert found is ShareState.WITHDRAWN
