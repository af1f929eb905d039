"""Identifiers sort by time and cannot be guessed."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from app.core.ids import first_id, new_id, random_token

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
MS = dt.timedelta(milliseconds=1)


def test_ids_have_26_characters_and_sort_by_time() -> None:
    early, late = new_id(NOW), new_id(NOW + dt.timedelta(milliseconds=1))
    assert len(early) == 26
    assert early < late


def test_ids_of_one_moment_differ_and_stand_in_the_order_they_were_made() -> None:
    made = [new_id(NOW) for _ in range(1000)]
    assert len(set(made)) == 1000
    assert made == sorted(made)
    assert all(first_id(NOW) <= each < first_id(NOW + MS) for each in made)


def test_ids_of_changing_moments_differ() -> None:
    made = [new_id(NOW + place % 3 * MS) for place in range(999)]
    assert len(set(made)) == 999
    assert all(made[start::3] == sorted(made[start::3]) for start in range(3))
    assert all(each[:10] == new_id(NOW + place % 3 * MS)[:10] for place, each in enumerate(made))


def test_one_id_does_not_tell_the_next() -> None:
    tails = [new_id(NOW)[14:] for _ in range(100)]
    assert len({tail[:6] for tail in tails}) > 90


def test_many_threads_make_no_id_twice() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(NOW), range(4000)))
    assert len(set(made)) == 4000


def test_tokens_are_long_enough() -> None:
    assert len(random_token(80)) >= 14
