"""Range requests (RFC 9110, 13 and 14): which bytes of an object an answer carries."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"^bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the headers of a request say; `if_range` and `if_none_match` as they came."""

    method: str
    range: str | None = None
    if_range: str | None = None
    if_none_match: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes [start, end) of an object of `size`; `is_part` where a part was asked for."""

    start: int
    end: int
    size: int
    is_part: bool

    @property
    def is_whole(self) -> bool:
        return (self.start, self.end) == (0, self.size)


def span_of(asked: Asked, size: int, etag: str) -> Span | None:
    """What is to be sent; None where the one range that is asked for cannot be met (416).

    The whole, where nothing else is asked for in a way that must be obeyed: no range, several
    ranges, a range that is none, another method than GET, or a copy of something else (`If-Range`).
    """
    whole = Span(0, size, size, is_part=False)
    if asked.range is None or asked.method != "GET":
        return whole
    if asked.if_range is not None and asked.if_range.strip() != etag:
        return whole
    found = _RANGE.match(asked.range.strip())
    if found is None or not any(found.groups()):
        return whole
    first, last = found.groups()
    if not first:
        tail = min(int(last), size)
        return Span(size - tail, size, size, is_part=True) if tail else None
    if last and int(last) < int(first):
        return whole  # not a range at all
    start, end = int(first), min(int(last) + 1, size) if last else size
    return Span(start, end, size, is_part=True) if start < size else None


def has_copy(asked: Asked, etag: str) -> bool:
    """Whether the client has this very object already (304)."""
    known = (asked.if_none_match or "").split(",")
    return any(each.strip().removeprefix("W/") in (etag, "*") for each in known if each.strip())
