"""Reads from an MP4 file which byte each moment begins at (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_HEADER = 8
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})


class NoIndexError(ValueError):
    """Not an MP4 file with a picture track whose tables we understand."""


@dataclass(frozen=True, slots=True)
class _Track:
    boxes: dict[bytes, bytes]

    def full(self, name: bytes) -> bytes:
        """The content of a table behind its version and flags."""
        if name not in self.boxes:
            raise NoIndexError(f"the picture track has no {name.decode()}")
        return self.boxes[name][4:]

    def table(self, name: bytes, shape: str) -> list[tuple[int, ...]]:
        content = self.full(name)
        (count,) = struct.unpack_from(">I", content)
        size = struct.calcsize(shape)
        if len(content) < 4 + count * size:
            raise NoIndexError(f"{name.decode()} ends early")
        return list(struct.iter_unpack(shape, content[4 : 4 + count * size]))


def time_index(content: bytes) -> list[tuple[int, int]]:
    """Rising pairs of [milliseconds, byte]: where the file can be entered; the first is [0, 0].

    Raises NoIndexError.
    """
    track = _picture_track(content)
    times, offsets = _times(track), _offsets(track)
    keys = [number - 1 for (number,) in track.table(b"stss", ">I")]
    if not keys or max(keys) >= min(len(times), len(offsets)):
        raise NoIndexError("the tables of the picture track do not fit together")
    index = [(0, 0)]
    for key in keys[1:]:
        if times[key] > index[-1][0] and offsets[key] > index[-1][1]:
            index.append((times[key], offsets[key]))
    return index


def film_length_ms(content: bytes) -> int:
    """How long the pictures of a file last, in milliseconds. Raises NoIndexError."""
    track = _picture_track(content)
    steps = sum(count * step for count, step in track.table(b"stts", ">II"))
    return steps * 1000 // _timescale(track)


def moov_place(head: bytes, size: int) -> tuple[int, int] | None:
    """Where a file's table of contents lies: [start, end) in bytes; none where `head` ends before.

    `head` is the beginning of a file of `size` bytes, long enough for the headers of its boxes.
    """
    position = 0
    while position + _HEADER <= len(head):
        length, name = struct.unpack_from(">I4s", head, position)
        if length < _HEADER or position + length > size:
            return None
        if name == b"moov":
            return position, position + length
        position += length
    return None


def _picture_track(content: bytes) -> _Track:
    for name, body in _boxes(content):
        if name != b"moov":
            continue
        for inner, track in _boxes(body):
            found = _Track(dict(_leaves(track))) if inner == b"trak" else None
            if found is not None and found.boxes.get(b"hdlr", b"")[8:12] == b"vide":
                return found
    raise NoIndexError("there is no picture track")


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + _HEADER <= len(content):
        size, name = struct.unpack_from(">I4s", content, position)
        start = position + _HEADER
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start)
            start += 8
        if size == 0:
            size = len(content) - position
        if size < start - position or position + size > len(content):
            raise NoIndexError("a box ends beyond the file")
        yield name, content[start : position + size]
        position += size


def _leaves(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    for name, body in _boxes(content):
        if name in _CONTAINERS:
            yield from _leaves(body)
        else:
            yield name, body


def _times(track: _Track) -> list[int]:
    """When each picture is shown, in milliseconds (no picture is shown before its turn)."""
    timescale = _timescale(track)
    steps = [step for count, step in track.table(b"stts", ">II") for _ in range(count)]
    starts = accumulate(steps[:-1], initial=0)
    return [start * 1000 // timescale for start in starts]


def _timescale(track: _Track) -> int:
    mdhd = track.full(b"mdhd")
    wide = track.boxes[b"mdhd"][0] == 1
    (timescale,) = struct.unpack_from(">I", mdhd, 16 if wide else 8)
    return int(timescale)


def _offsets(track: _Track) -> list[int]:
    """The byte at which each picture begins: chunks hold several pictures one after another."""
    sizes = _sizes(track)
    name, shape = (b"co64", ">Q") if b"co64" in track.boxes else (b"stco", ">I")
    chunks = [offset for (offset,) in track.table(name, shape)]
    runs = track.table(b"stsc", ">III")
    ends = [first for first, _, _ in runs[1:]] + [len(chunks) + 1]
    offsets: list[int] = []
    for (first, per_chunk, _), end in zip(runs, ends, strict=True):
        for chunk in chunks[first - 1 : end - 1]:
            inside = sizes[len(offsets) : len(offsets) + per_chunk]
            offsets += accumulate(inside[:-1], initial=chunk) if inside else ()
    return offsets


def _sizes(track: _Track) -> list[int]:
    content = track.full(b"stsz")
    size, count = struct.unpack_from(">II", content)
    if size:
        return [size] * count
    return [found for (found,) in struct.iter_unpack(">I", content[8 : 8 + 4 * count])]
