"""Identifiers sort by time and cannot be guessed."""

import datetime as dt

from app.core.ids import new_id, random_token

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def test_ids_have_26_characters_and_sort_by_time() -> None:
    early, late = new_id(NOW), new_id(NOW + dt.timedelta(milliseconds=1))
    assert len(early) == 26
    assert early < late


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(NOW) for _ in range(1000)}) == 1000


def test_tokens_are_long_enough() -> None:
    assert len(random_token(80)) >= 14
