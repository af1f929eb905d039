"""A session as a picture: bands of at most an hour, each with its bars in thousandths."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.learning.rules.moments import epoch_ms, moment_of
from app.learning.rules.timeline import Fate, Segment

HOUR_MS = 3_600_000
WHOLE = 1000
_HAIR = 4
# What a phone's network takes now and then is no gap that anybody should see.
_JOINED_MS = 5_000


class Bar(Struct, frozen=True, gc=False):
    """From the band's left edge, in thousandths of its width."""

    x: int
    width: int
    fate: Fate


class Band(Struct, frozen=True, gc=False):
    start_ms: int
    end_ms: int
    bars: tuple[Bar, ...]

    @property
    def start_at(self) -> dt.datetime:
        return moment_of(self.start_ms)

    @property
    def end_at(self) -> dt.datetime:
        return moment_of(self.end_ms)

    def place(self, at: dt.datetime) -> int | None:
        """Where a moment lies, in thousandths; None in another band."""
        at_ms = epoch_ms(at)
        if not self.start_ms <= at_ms < self.end_ms:
            return None
        return (at_ms - self.start_ms) * WHOLE // (self.end_ms - self.start_ms)


class Piece(Struct, frozen=True, gc=False):
    """Time on the server's clock with one fate."""

    start_ms: int
    end_ms: int
    fate: Fate


def joined(parts: Sequence[Segment]) -> list[Piece]:
    """What follows on with the same fate is one piece."""
    pieces: list[Piece] = []
    for part in parts:
        last = pieces[-1] if pieces else None
        if last and last.fate is part.fate and part.start_ms - last.end_ms <= _JOINED_MS:
            pieces[-1] = replace(last, end_ms=part.end_ms)
        else:
            pieces.append(Piece(part.start_ms, part.end_ms, part.fate))
    return pieces


def bands(pieces: Sequence[Piece], start_ms: int, end_ms: int) -> list[Band]:
    """A session of an hour or less is one band; a longer one has a band for each hour of the clock.

    `start_ms` and `end_ms` are the first and last moment to be shown.
    """
    end_ms = max(end_ms, start_ms) + 1
    if end_ms - start_ms <= HOUR_MS:
        return [_band(pieces, start_ms, end_ms)]
    first = start_ms // HOUR_MS * HOUR_MS
    return [_band(pieces, edge, edge + HOUR_MS) for edge in range(first, end_ms, HOUR_MS)]


def _band(pieces: Sequence[Piece], start_ms: int, end_ms: int) -> Band:
    """What is there is never drawn as nothing; what was lost lies over what counted."""
    scale = end_ms - start_ms
    bars = []
    for piece in pieces:
        low, high = max(piece.start_ms, start_ms), min(piece.end_ms, end_ms)
        if low > high or (low == high == end_ms):
            continue
        x = (low - start_ms) * WHOLE // scale
        width = max(_HAIR, (high - start_ms) * WHOLE // scale - x)
        bars.append(Bar(min(x, WHOLE - _HAIR), width, piece.fate))
    return Band(start_ms, end_ms, tuple(sorted(bars, key=_is_loss)))


def _is_loss(bar: Bar) -> bool:
    return bar.fate in (Fate.TAKEN, Fate.REFUSED)
