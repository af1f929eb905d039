"""How time is stated in 学时: rounded down, once, and at the very end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.hours import counted_ms, stated_hours
from app.learning.rules.policy import StudyPolicy

TIERS = ((0, 0), (1800, 50), (2700, 100))


@pytest.mark.parametrize(
    ("mode", "ms", "text"),
    [
        ("exact", 0, "0"),
        ("exact", 26_999, "0"),
        ("exact", 27_000, "0.01"),
        ("exact", 270_000, "0.1"),
        ("exact", 2_700_000, "1"),
        ("exact", 2_835_000, "1.05"),
        ("exact", 4_000_000, "1.48"),
        ("exact", 270_000_000, "100"),
        ("floor_half", 1_349_999, "0"),
        ("floor_half", 1_350_000, "0.5"),
        ("floor_half", 4_049_999, "1"),
        ("floor_half", 4_050_000, "1.5"),
        ("floor_unit", 5_399_999, "1"),
        ("floor_unit", 5_400_000, "2"),
        (TIERS, 1_799_999, "0"),
        (TIERS, 1_800_000, "0.5"),
        (TIERS, 2_699_999, "0.5"),
        (TIERS, 9_999_999, "1"),
        (((1800, 50),), 1_799_999, "0"),
    ],
)
def test_hours_are_stated_by_the_policys_mode(mode, ms, text) -> None:
    assert stated_hours(StudyPolicy(hour_mode=mode), ms) == text


@given(st.integers(60, 7200), st.integers(0, 10**10))
def test_what_is_stated_is_never_more_than_was_studied(hour_s: int, ms: int) -> None:
    for mode, step in (("exact", 1), ("floor_half", 50), ("floor_unit", 100)):
        whole, _, part = stated_hours(StudyPolicy(hour_s=hour_s, hour_mode=mode), ms).partition(".")
        hundredths = int(whole) * 100 + int(part.ljust(2, "0"))
        unit_ms = hour_s * 1000
        assert hundredths * unit_ms <= ms * 100 < (hundredths + step) * unit_ms
        assert hundredths % step == 0


@pytest.mark.parametrize(
    ("programme_s", "percent", "ms", "counted"),
    [
        (0, 50, 9_000_000, 9_000_000),
        (1000, 50, 499_999, 499_999),
        (1000, 50, 500_001, 500_000),
        (999, 50, 999_000, 499_000),
        (1, 100, 1_001, 1_000),
    ],
)
def test_r25_the_share_in_person_never_comes_from_here(programme_s, percent, ms, counted) -> None:
    policy = StudyPolicy(programme_s=programme_s, online_max_percent=percent, hour_s=60)
    assert counted_ms(policy, ms) == counted
    assert stated_hours(policy, ms) == stated_hours(StudyPolicy(hour_s=60), counted)
