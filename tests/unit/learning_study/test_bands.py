"""A session's picture: bands by the hour, nothing drawn as nothing, losses on top."""

from app.learning.rules.bands import HOUR_MS, WHOLE, Piece, bands, joined
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
