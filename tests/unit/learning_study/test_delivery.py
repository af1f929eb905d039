"""Which moments the bytes show that were sent, whichever way and in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.coverage import Intervals, clip, union
from app.learning.rules.delivery import LEAST_PIECE, Layout, add_bytes, positions_of

_STEPS = st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 40_000)), min_size=1, max_size=12)


def _index(steps: list[tuple[int, int]]) -> tuple[list[list[int]], int, int]:
    """An index of rising pairs, the length and the size."""
    index, ms, byte = [], 0, 0
    for more_ms, more_bytes in steps:
        index.append([ms, byte])
        ms, byte = ms + more_ms, byte + more_bytes
    return index, ms, byte


def _moved(sent: Intervals, by: int) -> Intervals:
    return tuple((start - by, end - by) for start, end in sent)


@given(film=_STEPS, cuts=st.data())
def test_adding_up_shows_what_all_together_show(
    film: list[tuple[int, int]], cuts: st.DataObject
) -> None:
    """The film and its pieces, in any ranges: nothing is shown early, nothing is left out."""
    index, length_ms, size = _index(film)
    count = cuts.draw(st.integers(1, len(film)))
    pieces = [[ms, 7 * place] for place, (ms, _) in enumerate(index[:count])]
    pieces_size = 7 * (count - 1) + 30_000
    layout = Layout(length_ms, size, index, pieces_size, pieces)
    sent: Intervals = ()
    shown: Intervals = ()
    for is_piece in cuts.draw(st.lists(st.booleans(), max_size=12)):
        low, high = (size, size + pieces_size) if is_piece else (0, size)
        start = cuts.draw(st.integers(low, high - 1))
        end = cuts.draw(st.integers(start + 1, high))
        sent = add_bytes(sent, start, end, high)
        shown = union(shown, layout.shown_by(sent, start, end))
    by_film = positions_of(clip(sent, 0, size), index, size=size, length_ms=length_ms)
    behind = _moved(clip(sent, size, size + pieces_size), size)
    by_pieces = positions_of(behind, pieces, size=pieces_size, length_ms=length_ms)
    assert shown == union(by_film, by_pieces)


def test_a_crumb_shows_nothing_and_a_hole_of_one_byte_hides_a_piece() -> None:
    layout = Layout(6_000, 9_000, [[0, 0], [2_000, 3_000], [4_000, 6_000]])
    crumb = add_bytes((), 10, 10 + LEAST_PIECE - 1, 9_000)
    assert crumb == ()
    assert layout.shown_by(crumb, 10, 10 + LEAST_PIECE - 1) == ()
    sent = add_bytes(add_bytes((), 0, 4_000, 9_000), 4_001, 9_000, 9_000)
    assert layout.shown_by(sent, 0, 4_000) == ((0, 2_000),)
    assert layout.shown_by(sent, 4_001, 9_000) == ((4_000, 6_000),)


def test_the_end_of_the_film_and_the_first_piece_do_not_help_each_other() -> None:
    layout = Layout(4_000, 4_000, [[0, 0], [2_000, 2_000]], 8_000, [[0, 0], [2_000, 4_000]])
    sent = add_bytes(add_bytes((), 3_000, 4_000, 4_000), 4_000, 6_000, 8_000)
    assert layout.shown_by(sent, 3_000, 4_000) == ()
    assert layout.shown_by(sent, 4_000, 6_000) == ()
    sent = add_bytes(sent, 6_000, 8_000, 8_000)
    assert layout.shown_by(sent, 6_000, 8_000) == ((0, 2_000),)
