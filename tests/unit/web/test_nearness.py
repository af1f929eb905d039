"""A day to keep is calm until its last week, and red only once it has passed."""

import datetime as dt

import pytest

from app.web.rendering import nearness

NOW = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)  # the 25th in Shanghai


@pytest.mark.parametrize(
    ("due", "look"),
    [
        (dt.date(2026, 11, 24), "bad"),
        (dt.date(2026, 11, 25), "wait"),
        (dt.date(2026, 12, 2), "wait"),
        (dt.date(2026, 12, 3), ""),
        ("2027-01-24", ""),
        ("2026-11-24", "bad"),
    ],
)
def test_nearness(due: dt.date | str, look: str) -> None:
    assert nearness(due, NOW) == look
