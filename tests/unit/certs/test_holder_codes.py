"""A code for the full name: right once, in its minutes, and after few wrong ones over."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.holder_codes import LASTS, TRIES, CodeAnswer, judge

MADE = dt.datetime(2026, 11, 27, 4, tzinfo=dt.UTC)


@given(is_right=st.booleans(), tries=st.integers(0, 20), after_s=st.integers(0, 3600))
def test_a_code_is_right_in_its_minutes_and_before_its_tries_are_over(
    *, is_right: bool, tries: int, after_s: int
) -> None:
    now = MADE + dt.timedelta(seconds=after_s)
    found = judge(is_right=is_right, tries=tries, ends_at=MADE + LASTS, now=now)
    if after_s >= 600 or tries >= TRIES:
        assert found is CodeAnswer.SPENT
    else:
        assert found is (CodeAnswer.RIGHT if is_right else CodeAnswer.WRONG)
