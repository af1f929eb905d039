"""For which week digests are due, and what they say: by generated moments and counts."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.local_days import SHANGHAI
from app.org.rules.attention import Pressing, Reason
from app.org.rules.digests import AT, lines_of, week_of

MOMENTS = st.floats(1_577_836_800, 2_208_988_800).map(
    lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone(SHANGHAI)
)


@given(MOMENTS)
def test_a_week_is_told_from_monday_morning_on(local: dt.datetime) -> None:
    monday = week_of(local)
    if monday is None:
        assert local.weekday() > 1 or (local.weekday(), local.time() < AT) == (0, True)
    else:
        assert monday.weekday() == 0
        assert dt.timedelta() <= local.date() - monday < dt.timedelta(days=2)


@given(
    st.dictionaries(st.sampled_from(Pressing), st.integers(0, 9)),
    st.dictionaries(st.sampled_from(Reason), st.integers(0, 9)),
    st.integers(0, 9),
)
def test_only_what_needs_doing_is_said(
    pressing: dict[Pressing, int], reasons: dict[Reason, int], ending: int
) -> None:
    lines = lines_of(pressing, reasons, ending=ending)
    assert len(lines) == sum(bool(count) for count in pressing.values()) + bool(ending)
    assert not any(" 0" in line for line in lines)
    assert (f"90 天内到期的证书 {ending} 张" in lines) == bool(ending)


def test_who_is_stuck_is_told_with_the_reason() -> None:
    said = lines_of({Pressing.STUCK: 3, Pressing.OVERDUE: 1}, {Reason.EXAM_FAILED: 3})
    assert said == ["已逾期 1 人次", "卡住了 3 人次（考试没有通过 3）"]
