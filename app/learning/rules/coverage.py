"""Sets of positions: which stretches of a lesson were credited or delivered, in milliseconds."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

Intervals = tuple[tuple[int, int], ...]
"""Half-open stretches [start, end), sorted, apart from each other, none empty."""

EMPTY: Intervals = ()
_SEVEN_BITS = 0x7F
_MORE = 0x80


def _end(stretch: tuple[int, int]) -> int:
    return stretch[1]


def _start(stretch: tuple[int, int]) -> int:
    return stretch[0]


def measure(intervals: Intervals) -> int:
    total = 0
    for start, end in intervals:
        total += end - start
    return total


def add(intervals: Intervals, start: int, end: int) -> Intervals:
    """The set with [start, end) in it; what touches is joined."""
    if end <= start:
        return intervals
    if not intervals or intervals[-1][1] < start:  # what follows would come to the same, later
        return (*intervals, (start, end))
    first = bisect_left(intervals, start, key=_end)
    last = bisect_right(intervals, end, key=_start)
    if first < last:
        start = min(start, intervals[first][0])
        end = max(end, intervals[last - 1][1])
    return (*intervals[:first], (start, end), *intervals[last:])


def normalise(stretches: Iterable[tuple[int, int]]) -> Intervals:
    intervals = EMPTY
    for start, end in stretches:
        intervals = add(intervals, start, end)
    return intervals


def union(left: Intervals, right: Intervals) -> Intervals:
    for start, end in right:
        left = add(left, start, end)
    return left


def remove(intervals: Intervals, start: int, end: int) -> Intervals:
    """The set without [start, end)."""
    if end <= start:
        return intervals
    first = bisect_right(intervals, start, key=_end)
    last = bisect_left(intervals, end, key=_start)
    if first >= last:
        return intervals
    kept = []
    if intervals[first][0] < start:
        kept.append((intervals[first][0], start))
    if intervals[last - 1][1] > end:
        kept.append((end, intervals[last - 1][1]))
    return (*intervals[:first], *kept, *intervals[last:])


def subtract(left: Intervals, right: Intervals) -> Intervals:
    for start, end in right:
        left = remove(left, start, end)
    return left


def clip(intervals: Intervals, start: int, end: int) -> Intervals:
    """What of the set lies within [start, end)."""
    if end <= start or not intervals:
        return EMPTY
    # (end,) comes before every stretch that begins at `end`: compared without calling anything.
    last = bisect_left(intervals, (end,))
    first = bisect_left(intervals, (start,))
    if first and intervals[first - 1][1] > start:
        first -= 1
    if first == last:
        return EMPTY
    if intervals[first][0] >= start and intervals[last - 1][1] <= end:
        return intervals[first:last]
    return tuple((max(start, low), min(end, high)) for low, high in intervals[first:last])


def leading(intervals: Intervals, amount: int) -> Intervals:
    """The first `amount` milliseconds of the set."""
    kept = []
    for start, end in intervals:
        if amount <= 0:
            break
        stop = min(end, start + amount)
        kept.append((start, stop))
        amount -= stop - start
    return tuple(kept)


def pack(intervals: Intervals) -> bytes:
    """Distances from edge to edge, seven bits a byte: two stretches of an hour take ten bytes."""
    out = bytearray()
    edge = 0
    for stretch in intervals:
        for position in stretch:
            step, edge = position - edge, position
            while step > _SEVEN_BITS:
                out.append(step & _SEVEN_BITS | _MORE)
                step >>= 7
            out.append(step)
    return bytes(out)


def unpack(packed: bytes) -> Intervals:
    edges: list[int] = []
    step = shift = edge = 0
    for byte in packed:
        step |= (byte & _SEVEN_BITS) << shift
        shift += 7
        if not byte & _MORE:
            edge += step
            edges.append(edge)
            step = shift = 0
    return tuple(zip(edges[::2], edges[1::2], strict=True))
