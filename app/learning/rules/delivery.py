"""Media proof: which positions of a lesson the bytes that were sent can show (R6)."""

from collections.abc import Sequence
from itertools import pairwise

from app.learning.rules.coverage import Intervals, add, clip, measure

LEAST_PIECE = 1024
"""Smaller pieces than this are no delivery, unless they end the file."""


def add_bytes(sent: Intervals, start: int, end: int, size: int) -> Intervals:
    """Byte ranges add up; one byte here and there does not."""
    if end - start < LEAST_PIECE and end < size:
        return sent
    return add(sent, start, end)


def positions_of(
    sent: Intervals, time_index: Sequence[Sequence[int]], *, size: int, length_ms: int
) -> Intervals:
    """The stretches whose bytes are all there.

    `time_index` says from which byte on each moment lies: rising pairs of [milliseconds, byte].
    Without one the file is one piece.
    """
    marks = [(int(ms), int(offset)) for ms, offset in time_index] or [(0, 0)]
    marks.append((length_ms, size))
    shown: Intervals = ()
    for (from_ms, first), (to_ms, last) in pairwise(marks):
        if last > first and measure(clip(sent, first, last)) == last - first:
            shown = add(shown, from_ms, to_ms)
    return shown
