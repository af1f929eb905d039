"""A session's picture: bands by the hour, nothing drawn as nothing, losses on top."""

from app.learning.rules.bands import HOUR_MS, WHOLE, Bar, Piece, bands, joined
from app.learning.rules.moments import moment_of
from app.learning.rules.states import Cut
from app.learning.rules.timeline import Fate, Segment
from app.learning.rules.wording import CUTS, NEXT_TIME

TEN = 10 * HOUR_MS  # ten o'clock of some day
MINUTE = 60_000


def _segment(start_ms: int, end_ms: int, fate: Fate) -> Segment:
    return Segment(
        session_id="s", enrolment_id="e", lesson_id="l", arrived_ms=end_ms, start_ms=start_ms,
        end_ms=end_ms, from_ms=0, to_ms=0, ms=end_ms - start_ms, fate=fate,
    )  # fmt: skip


def test_an_hour_or_less_is_one_band_of_its_own_length() -> None:
    [band] = bands([Piece(TEN, TEN + MINUTE, Fate.CONFIRMED)], TEN, TEN + 2 * MINUTE - 1)
    assert (band.start_ms, band.end_ms) == (TEN, TEN + 2 * MINUTE)
    assert (band.start_at, band.end_at) == (moment_of(TEN), moment_of(TEN + 2 * MINUTE))
    assert [(bar.x, bar.width) for bar in band.bars] == [(0, WHOLE // 2)]


def test_a_long_session_has_a_band_for_each_hour_of_the_clock() -> None:
    start, end = TEN + 30 * MINUTE, TEN + 150 * MINUTE
    found = bands([Piece(start, end, Fate.WAITING)], start, end - 1)
    assert [band.start_ms for band in found] == [TEN, TEN + HOUR_MS, TEN + 2 * HOUR_MS]
    assert [(bar.x, bar.width) for band in found for bar in band.bars] == [
        (WHOLE // 2, WHOLE // 2), (0, WHOLE), (0, WHOLE // 2),
    ]  # fmt: skip


def test_a_second_lost_in_an_hour_can_be_seen_and_lies_on_top() -> None:
    pieces = [
        Piece(TEN, TEN + 1000, Fate.REFUSED), Piece(TEN + 1000, TEN + HOUR_MS, Fate.CONFIRMED),
    ]  # fmt: skip
    [band] = bands(pieces, TEN, TEN + HOUR_MS - 1)
    assert [bar.fate for bar in band.bars] == [Fate.CONFIRMED, Fate.REFUSED]
    assert min(bar.width for bar in band.bars) >= 4


def test_a_moment_lies_in_one_band() -> None:
    found = bands([], TEN, TEN + 2 * HOUR_MS)
    places = [band.place(moment_of(TEN + HOUR_MS)) for band in found]
    assert places == [None, 0, None]


def test_a_moments_place_is_in_whole_thousandths_of_its_band() -> None:
    [band] = bands([], TEN, TEN + 3 * MINUTE - 1)
    places = [band.place(moment_of(TEN + ms)) for ms in (0, MINUTE, 3 * MINUTE - 1, 3 * MINUTE)]
    assert places == [0, 333, 999, None]
    assert band.place(moment_of(TEN - 1)) is None
    assert type(places[1]) is int


def test_an_hour_that_begins_anywhere_is_one_band() -> None:
    start = TEN + 17 * MINUTE
    assert len(bands([], start, start + HOUR_MS - 1)) == 1
    assert len(bands([], start, start + HOUR_MS)) == 2


def test_each_band_draws_its_own_and_no_other() -> None:
    pieces = [
        Piece(TEN, TEN + 7 * MINUTE, Fate.WAITING),
        Piece(TEN + HOUR_MS, TEN + HOUR_MS + 20 * MINUTE, Fate.CONFIRMED),
        Piece(TEN + HOUR_MS + 40 * MINUTE, TEN + HOUR_MS + 40 * MINUTE, Fate.REFUSED),
    ]
    first, second = bands(pieces, TEN, TEN + 2 * HOUR_MS - 1)
    assert first.bars == (Bar(0, 116, Fate.WAITING),)
    assert second.bars == (Bar(0, 333, Fate.CONFIRMED), Bar(666, 4, Fate.REFUSED))
    assert all(type(n) is int for bar in (*first.bars, *second.bars) for n in (bar.x, bar.width))


def test_what_lies_at_the_very_end_is_still_within_the_picture() -> None:
    end = TEN + HOUR_MS - 1
    [band] = bands([Piece(end - 9, end, Fate.REFUSED)], TEN, end)
    assert band.bars == (Bar(996, 4, Fate.REFUSED),)


def test_a_gap_of_five_seconds_is_none_and_a_longer_one_is() -> None:
    parts = [
        _segment(TEN, TEN + 1_000, Fate.WAITING),
        _segment(TEN + 6_000, TEN + 7_000, Fate.WAITING),
    ]
    assert joined(parts) == [Piece(TEN, TEN + 7_000, Fate.WAITING)]
    later = [parts[0], _segment(TEN + 6_001, TEN + 7_000, Fate.WAITING)]
    assert len(joined(later)) == 2


def test_what_follows_on_with_one_fate_is_one_piece() -> None:
    parts = [
        _segment(TEN, TEN + 1000, Fate.WAITING), _segment(TEN + 3000, TEN + 4000, Fate.WAITING),
        _segment(TEN + 4000, TEN + 5000, Fate.REFUSED),
        _segment(TEN + MINUTE, TEN + MINUTE + 1, Fate.REFUSED),
    ]  # fmt: skip
    assert joined(parts) == [
        Piece(TEN, TEN + 4000, Fate.WAITING), Piece(TEN + 4000, TEN + 5000, Fate.REFUSED),
        Piece(TEN + MINUTE, TEN + MINUTE + 1, Fate.REFUSED),
    ]  # fmt: skip


def test_every_reason_says_what_helps() -> None:
    assert set(NEXT_TIME) == set(CUTS) == set(Cut)
