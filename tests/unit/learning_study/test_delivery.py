"""Which moments the bytes show that were sent, whichever way and in whatever order."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.coverage import Intervals, add, clip, measure, union
from app.learning.rules.delivery import LEAST_PIECE, Layout, add_bytes

_STEPS = st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 40_000)), min_size=1, max_size=12)


def _index(steps: list[tuple[int, int]]) -> tuple[list[list[int]], int, int]:
    """An index of rising pairs, the length and the size."""
    index, ms, byte = [], 0, 0
    for more_ms, more_bytes in steps:
        index.append([ms, byte])
        ms, byte = ms + more_ms, byte + more_bytes
    return index, ms, byte


def _positions(
    sent: Intervals, time_index: Sequence[Sequence[int]], *, size: int, length_ms: int
) -> Intervals:
    """The stretches whose bytes are all there, looked at all together."""
    marks = [*((ms, byte) for ms, byte in time_index), (length_ms, size)]
    shown: Intervals = ()
    for (from_ms, first), (to_ms, last) in pairwise(marks):
        if last > first and measure(clip(sent, first, last)) == last - first:
            shown = add(shown, from_ms, to_ms)
    return shown


def _moved(sent: Intervals, by: int) -> Intervals:
    return tuple((start - by, end - by) for start, end in sent)


@given(film=_STEPS, cuts=st.data())
def test_adding_up_shows_what_all_together_show(
    film: list[tuple[int, int]], cuts: st.DataObject
) -> None:
    """Film, pieces and light form, in any ranges: nothing is shown early, nothing left out."""
    index, length_ms, size = _index(film)
    count = cuts.draw(st.integers(1, len(film)))
    pieces = [[ms, 7 * place] for place, (ms, _) in enumerate(index[:count])]
    pieces_size = 7 * (count - 1) + 30_000
    light = [[ms, 3 * place] for place, (ms, _) in enumerate(index[:1])]
    light_size, beyond = 5_000, size + pieces_size
    layout = Layout(length_ms, size, index, pieces_size, pieces, light_size, light)
    sent: Intervals = ()
    shown: Intervals = ()
    forms = ((0, size), (size, beyond), (beyond, beyond + light_size))
    for low, high in cuts.draw(st.lists(st.sampled_from(forms), max_size=12)):
        start = cuts.draw(st.integers(low, high - 1))
        end = cuts.draw(st.integers(start + 1, high))
        sent = add_bytes(sent, start, end, high)
        shown = union(shown, layout.shown_by(sent, start, end))
    by_film = _positions(clip(sent, 0, size), index, size=size, length_ms=length_ms)
    behind = _moved(clip(sent, size, size + pieces_size), size)
    by_pieces = _positions(behind, pieces, size=pieces_size, length_ms=length_ms)
    last = _moved(clip(sent, beyond, beyond + light_size), beyond)
    by_light = _positions(last, light, size=light_size, length_ms=length_ms)
    assert shown == union(union(by_film, by_pieces), by_light)


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


def test_a_kilobyte_counts_and_so_does_the_end_however_small() -> None:
    assert add_bytes((), 10, 1_034, 9_000) == ((10, 1_034),)
    assert add_bytes((), 10, 1_033, 9_000) == ()
    assert add_bytes((), 8_999, 9_000, 9_000) == ((8_999, 9_000),)
    assert add_bytes((), 8_998, 8_999, 9_000) == ()


def test_without_an_index_the_file_is_one_piece() -> None:
    layout = Layout(700, 50, [])
    assert layout.shown_by(((0, 50),), 0, 50) == ((0, 700),)
    assert layout.shown_by(((1, 50),), 1, 50) == ()
    assert layout.shown_by(((0, 49),), 0, 49) == ()


def test_moments_without_bytes_of_their_own_are_never_shown() -> None:
    index = [[0, 0], [1_000, 2_000], [2_000, 2_000], [3_000, 4_000]]
    shown = ((0, 1_000), (2_000, 3_000))
    assert Layout(4_000, 4_000, index).shown_by(((0, 4_000),), 0, 4_000) == shown


def test_only_what_the_new_bytes_complete_is_told() -> None:
    layout = Layout(8_000, 12_000, [[0, 0], [2_000, 3_000], [4_000, 6_000], [6_000, 9_000]])
    assert layout.shown_by(((0, 12_000),), 3_000, 6_000) == ((2_000, 4_000),)
    assert layout.shown_by(((0, 12_000),), 3_001, 6_001) == ((2_000, 6_000),)
    assert layout.shown_by(((0, 12_000),), 0, 12_000) == ((0, 8_000),)


def test_the_first_and_the_last_piece_are_shown_when_they_are_whole() -> None:
    layout = Layout(4_000, 5_000, [[0, 0]], 8_000, [[0, 0], [2_000, 4_000]])
    assert layout.shown_by(((5_000, 9_000),), 5_000, 9_000) == ((0, 2_000),)
    assert layout.shown_by(((9_000, 13_000),), 9_000, 13_000) == ((2_000, 4_000),)
    assert layout.shown_by(((9_000, 12_999),), 9_000, 12_999) == ()
