"""Waits and moments in words."""

import datetime as dt

import pytest

from app.core.moments import spoken, spoken_wait

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai


@pytest.mark.parametrize(
    ("wait_s", "said"),
    [
        (1, "过 1 秒"),
        (60, "过 60 秒"),
        (61, "过 2 分钟"),
        (3600, "过 60 分钟"),
        (4 * 3600 + 1, "今天 14:01 以后"),
        (86_400, "明天 10:00 以后"),
        (9 * 86_400, "12月3日 10:00 以后"),
    ],
)
def test_a_wait_is_said_as_people_say_it(wait_s: int, said: str) -> None:
    assert spoken_wait(wait_s, NOW) == said


def test_a_moment_is_never_said_too_early() -> None:
    assert spoken(NOW + dt.timedelta(minutes=20, microseconds=1), NOW) == "今天 10:21"
    assert spoken(NOW + dt.timedelta(hours=14), NOW) == "明天 00:00"
