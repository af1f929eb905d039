"""When a key was in use: from when it was drawn until the next one came, and a little around."""

import datetime as dt
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.core import key_files
from app.core.crypto import KeyRing
from app.core.errors import UnavailableError
from app.core.key_files import StoredKey
from app.core.key_periods import ALWAYS, AROUND, KeyPeriod, periods_of

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def _stored(moments: list[dt.datetime | None]) -> list[StoredKey]:
    return [
        StoredKey(f"{place:08x}", plain="x", since=moment.isoformat() if moment else "")
        for place, moment in enumerate(moments)
    ]


def test_the_only_key_has_no_bounds() -> None:
    assert periods_of(_stored([None])) == {"00000000": ALWAYS}
    assert ALWAYS.holds(dt.datetime.min.replace(tzinfo=dt.UTC))


def test_each_key_is_in_use_until_the_next_one_came() -> None:
    found = periods_of(_stored([None, START, START + DAY]))
    assert list(found.values()) == [
        KeyPeriod(None, START + AROUND),
        KeyPeriod(START - AROUND, START + DAY + AROUND),
        KeyPeriod(START + DAY - AROUND, None),
    ]


_OF_OURS = st.integers(0, 18_000 * 86_400).map(lambda s: START + dt.timedelta(seconds=s))


@given(st.lists(st.one_of(st.none(), _OF_OURS), min_size=1))
def test_whatever_was_signed_by_the_newest_key_of_its_moment_is_within(
    moments: list[dt.datetime | None],
) -> None:
    """Also where keys have no moment, and where the clock was set back in between."""
    found = list(periods_of(_stored(moments)).values())
    for place, since in enumerate(moments):
        assert since is None or found[place].holds(since)
        following = moments[place + 1] if place + 1 < len(moments) else None
        if since is not None and following is not None:
            assert found[place].holds(max(since, following))
        assert found[place].until is None or following is not None


def test_a_ring_tells_the_periods_of_its_file(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path, may_create=True)
    first = ring.signer("certificates").key_id
    assert ring.periods("certificates") == {first: ALWAYS}
    second = ring.add("certificates", now=START)
    assert ring.periods("certificates") == {
        first: KeyPeriod(None, START + AROUND), second: KeyPeriod(START - AROUND, None)
    }  # fmt: skip
    assert not ring.periods("certificates")[first].holds(START + DAY)


class _Away:
    """A key service that wraps, and then is away for whoever opens."""

    def wrap(self, plain: str, *, purpose: str) -> str:
        return f"{purpose}:{plain}"

    def unwrap(self, wrapped: str, *, purpose: str) -> str:
        raise UnavailableError(f"{purpose}: {wrapped} is not opened", code="keys")


def test_a_newer_key_that_cannot_be_opened_ends_the_older_one_all_the_same(tmp_path: Path) -> None:
    """The process signs on with what it knows; what it signs too late it must not take for good."""
    ring = KeyRing(tmp_path, may_create=True, wrapper=_Away())
    first = StoredKey("0a0b0c0d", plain="A" * 43)
    key_files.create(tmp_path / "certificates.json", first)
    assert ring.signer("certificates").key_id == first.key_id
    wrapped = StoredKey("01020304", wrapped="certificates:x", since=START.isoformat())
    with key_files.alone(tmp_path):
        key_files.replace(tmp_path / "certificates.json", [first, wrapped])
    assert ring.signer("certificates").key_id == first.key_id
    assert not ring.periods("certificates")[first.key_id].holds(START + DAY)


def test_both_ends_belong_to_a_period() -> None:
    period = KeyPeriod(START, START + DAY)
    assert period.holds(START)
    assert period.holds(START + DAY)
    for moment in (START - dt.timedelta(seconds=1), START + DAY + dt.timedelta(seconds=1)):
        assert not period.holds(moment)
    assert period.holds_stated("2026-01-01T08:00:00+08:00")
    for text in ("2026-01-01T07:59:59+08:00", "2026-01-01T12:00:00", "2026-01-01", "", None):
        assert not period.holds_stated(text)
