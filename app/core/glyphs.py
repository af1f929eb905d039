"""Which characters the product's fonts have a glyph for, read from the fonts' own tables.

OpenType `cmap`, formats 4 and 12: the two that a font for all of Unicode is made with.
"""

import struct
from collections.abc import Iterator
from functools import cache

from app.core.typesetting import FONTS

_UNICODE = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}


@cache
def covered() -> tuple[frozenset[int], ...]:
    """The code points of each font, read once. Raises RuntimeError where there is no font."""
    files = [path for folder in FONTS for path in sorted(folder.glob("*.[ot]tf"))]
    found = tuple(code_points(path.read_bytes()) for path in files)
    if not found:
        message = f"there are no fonts in {FONTS}"
        raise RuntimeError(message)
    return found


def code_points(font: bytes) -> frozenset[int]:
    """All characters of a font that have a glyph of their own."""
    table = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    found: set[int] = set()
    for index in range(count):
        platform, encoding, start = struct.unpack_from(">HHI", table, 4 + 8 * index)
        if (platform, encoding) in _UNICODE:
            found.update(_mapped(table[start:]))
    return frozenset(found)


def _table(font: bytes, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        name, _, start, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return font[start : start + length]
    message = f"the font has no table {tag.decode()}"
    raise RuntimeError(message)


def _mapped(table: bytes) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", table)
    if form == 12:
        (count,) = struct.unpack_from(">I", table, 12)
        for index in range(count):
            first, last, glyph = struct.unpack_from(">III", table, 16 + 12 * index)
            # Glyph 0 is the empty box.
            yield from range(first + (glyph == 0), last + 1)
    elif form == 4:
        yield from _segments(table)


def _segments(table: bytes) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", table, 6)
    count = twice // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", table, 14 + twice * part + (2 if part else 0))
        for part in range(4)
    )
    places = 16 + twice * 3
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offsets[index]:
                at = places + 2 * index + offsets[index] + 2 * (point - first)
                (glyph,) = struct.unpack_from(">H", table, at)
            if (offsets[index] and glyph) or (
                not offsets[index] and (point + deltas[index]) & 0xFFFF
            ):
                yield point
