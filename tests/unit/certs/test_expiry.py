"""When a certificate nears its last day: reminded once a stage, renewed from ninety days before."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.expiry import STAGES, is_near, stage_due

LAST = dt.date(2029, 11, 24)


@given(st.lists(st.integers(-30, 200), min_size=1, max_size=40))
def test_nobody_is_reminded_twice_of_a_stage_and_never_of_what_is_over(lefts: list[int]) -> None:
    told: list[int] = []
    for left in sorted(lefts, reverse=True):
        today = LAST - dt.timedelta(days=left)
        stage = stage_due(LAST, today, told[-1] if told else None)
        if stage is not None:
            assert 0 <= left <= stage
            told.append(stage)
    assert told == sorted(set(told), reverse=True)
    for stage in STAGES:
        further = max((each for each in STAGES if each < stage), default=-1)
        assert (stage in told) == any(further < left <= stage for left in lefts)


@given(st.integers(-500, 1500))
def test_it_can_be_renewed_from_ninety_days_before_and_after(left: int) -> None:
    assert is_near(LAST, LAST - dt.timedelta(days=left)) == (left <= 90)
    assert not is_near(None, LAST)
