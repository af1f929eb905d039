"""Sets of positions do what sets of milliseconds do, and stay sorted, apart and without holes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import coverage
from app.learning.rules.coverage import Intervals

PLACES = st.integers(0, 40)
SETS = st.sets(PLACES, max_size=30)


def of(positions: set[int]) -> Intervals:
    """The one right way to write a set down."""
    edges = sorted({p for p in positions if p - 1 not in positions})
    ends = sorted(p + 1 for p in positions if p + 1 not in positions)
    return tuple(zip(edges, ends, strict=True))


def stretch(start: int, end: int) -> set[int]:
    return set(range(start, end))


@given(SETS, PLACES, PLACES)
def test_a_stretch_is_put_in_taken_out_or_looked_at(held: set[int], start: int, end: int) -> None:
    assert coverage.add(of(held), start, end) == of(held | stretch(start, end))
    assert coverage.remove(of(held), start, end) == of(held - stretch(start, end))
    assert coverage.clip(of(held), start, end) == of(held & stretch(start, end))


@given(SETS, SETS)
def test_two_sets_together_and_apart(left: set[int], right: set[int]) -> None:
    assert coverage.union(of(left), of(right)) == of(left | right)
    assert coverage.subtract(of(left), of(right)) == of(left - right)


@given(st.lists(st.tuples(PLACES, PLACES), max_size=6))
def test_stretches_in_any_order_become_a_set(given_: list[tuple[int, int]]) -> None:
    together = set().union(*(stretch(start, end) for start, end in given_))
    assert coverage.normalise(given_) == of(together)


@given(SETS, st.integers(-3, 35))
def test_the_earliest_so_many_milliseconds(held: set[int], amount: int) -> None:
    found = coverage.leading(of(held), amount)
    assert found == of(set(sorted(held)[: max(0, amount)]))
    assert coverage.measure(found) == min(len(held), max(0, amount))


@given(st.sets(st.integers(0, 2**40), max_size=12))
def test_what_is_packed_is_unpacked_again(edges: set[int]) -> None:
    rising = sorted(edges)[: len(edges) // 2 * 2]
    intervals = tuple(zip(rising[::2], rising[1::2], strict=True))
    assert coverage.unpack(coverage.pack(intervals)) == intervals


def test_packed_are_the_distances_from_edge_to_edge_seven_bits_a_byte() -> None:
    assert coverage.pack(()) == b""
    assert coverage.pack(((127, 255), (256, 20_000))) == bytes(
        [0x7F, 0x80, 0x01, 0x01, 0xA0, 0x9A, 0x01]
    )
    with pytest.raises(ValueError, match="shorter"):
        coverage.unpack(b"\x01\x02\x03")
