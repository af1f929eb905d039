"""Media proof: which positions of a lesson the bytes that were sent can show (R6)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.learning.rules.coverage import Intervals, add

LEAST_PIECE = 1024
"""Smaller pieces than this are no delivery, unless they end the file."""

Mark = tuple[int, int]
"""[milliseconds, byte]: from which byte on a moment lies."""


def add_bytes(sent: Intervals, start: int, end: int, size: int) -> Intervals:
    """Byte ranges add up; one byte here and there does not."""
    if end - start < LEAST_PIECE and end < size:
        return sent
    return add(sent, start, end)


def _marks(time_index: Sequence[Sequence[int]], size: int, length_ms: int) -> list[Mark]:
    found = [(int(ms), int(offset)) for ms, offset in time_index] or [(0, 0)]
    return [*found, (length_ms, size)]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the moments of a lesson lie in what can be sent of it.

    A film's bytes come first; those of the pieces that the same film was cut into (HLS) follow,
    one piece after another, and then those of its light form (sound with stills). So one set of
    bytes says what was sent, whichever way it went.
    """

    length_ms: int
    size: int
    time_index: Sequence[Sequence[int]]
    pieces_size: int = 0
    piece_index: Sequence[Sequence[int]] = ()
    light_size: int = 0
    light_index: Sequence[Sequence[int]] = ()

    def shown_by(self, sent: Intervals, start: int, end: int) -> Intervals:
        """The moments that are whole because [start, end) is there now; `sent` has it in."""
        marks = self._marks_at(start)
        place = bisect_right(sent, start, key=_first) - 1
        if place < 0 or sent[place][1] < end:
            return ()
        low, high = sent[place]
        first = max(0, bisect_right(marks, start, key=_byte) - 1)
        last = bisect_left(marks, end, key=_byte)
        shown: Intervals = ()
        for (from_ms, begin), (to_ms, stop) in pairwise(marks[first : last + 1]):
            if stop > begin and low <= begin and stop <= high:
                shown = add(shown, from_ms, to_ms)
        return shown

    def _marks_at(self, start: int) -> list[Mark]:
        """The marks of the form in which a byte lies."""
        if start < self.size:
            return _marks(self.time_index, self.size, self.length_ms)
        index, offset, size = self.piece_index, self.size, self.pieces_size
        if start >= self.size + self.pieces_size:
            index, offset, size = self.light_index, offset + size, self.light_size
        shifted = [(int(ms), offset + int(byte)) for ms, byte in index]
        return [*shifted, (self.length_ms, offset + size)]


def _first(stretch: tuple[int, int]) -> int:
    return stretch[0]


def _byte(mark: Mark) -> int:
    return mark[1]
