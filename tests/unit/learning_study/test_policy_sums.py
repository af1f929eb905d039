"""What the rules reckon with of a policy: days, caps, hours of study, time to answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.policy import StudyPolicy

DAY_MS = 86_400_000
MINUTE = 60_000


@pytest.mark.parametrize(
    ("offset_s", "now_ms", "day"),
    [
        (0, 0, 0),
        (0, DAY_MS - 1, 0),
        (0, DAY_MS, 1),
        (28_800, DAY_MS - 28_800_001, 0),
        (28_800, DAY_MS - 28_800_000, 1),
        (-3_600, 3_599_999, -1),
        (-3_600, 3_600_000, 0),
    ],
)
def test_r8_a_day_begins_at_midnight_where_the_learner_lives(offset_s, now_ms, day) -> None:
    found = StudyPolicy(utc_offset_s=offset_s).local_day(now_ms)
    assert (found, type(found)) == (day, int)


@pytest.mark.parametrize(
    ("cap_s", "used_ms", "left_ms"),
    [
        (21_600, 0, 21_600_000),
        (21_600, 21_599_999, 1),
        (21_600, 21_600_001, 0),
        (0, 0, 0),
        (None, 1, DAY_MS - 1),
        (None, DAY_MS + 1, 0),
    ],
)
def test_r8_what_the_day_still_takes(cap_s, used_ms, left_ms) -> None:
    assert StudyPolicy(daily_cap_s=cap_s).day_left_ms(used_ms) == left_ms


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 10**13))
def test_r3_study_hours_are_minutes_of_the_local_day(opens: int, closes: int, now_ms: int) -> None:
    """From the first minute on, up to the last and without it; and over midnight."""
    window = f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"
    minute = (now_ms + 28_800_000) % DAY_MS // MINUTE
    length = (closes - opens) % 1440
    is_open = (minute - opens) % 1440 < length
    assert StudyPolicy(study_window=window).is_open_at(now_ms) is is_open


@pytest.mark.parametrize(
    ("minute", "is_open"), [(419, False), (420, True), (449, True), (450, False), (451, False)]
)
def test_r3_study_hours_at_their_edges(minute, is_open) -> None:
    policy = StudyPolicy(study_window=("07:00", "07:30"), utc_offset_s=0)
    assert policy.is_open_at(minute * MINUTE + MINUTE - 1) is is_open
    assert policy.is_open_at(minute * MINUTE) is is_open
    assert StudyPolicy().is_open_at(minute)
    night = StudyPolicy(study_window=("07:30", "07:00"), utc_offset_s=0)
    assert night.is_open_at(minute * MINUTE) is (minute in (419, 450, 451))


def test_each_way_of_answering_has_its_time() -> None:
    policy = StudyPolicy(
        ttl_s=(("picture", 61), ("face", 92), ("code", 303), ("roll_call", 1804)),
    )
    ways = ("picture", "face", "code", "code_and_questions", "roll_call")
    assert [policy.ttl_ms(way) for way in ways] == [61_000, 92_000, 303_000, 303_000, 1_804_000]
    assert policy.least_ttl_ms() == 92_000
    by_code = StudyPolicy(identity_methods=("roll_call", "code_and_questions"))
    assert by_code.least_ttl_ms() == 300_000


@pytest.mark.parametrize(
    ("programme_s", "percent", "most_s"), [(0, 100, 0), (999, 50, 499), (200, 100, 200), (1, 99, 0)]
)
def test_r25_how_much_may_be_studied_online(programme_s, percent, most_s) -> None:
    policy = StudyPolicy(programme_s=programme_s, online_max_percent=percent)
    assert policy.online_most_s() == most_s
