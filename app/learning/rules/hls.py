"""HLS media playlists (RFC 8216): which piece holds which moments, and the list a player gets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise

CONTENT_TYPE = "application/vnd.apple.mpegurl"
PIECE_TYPE = "video/mp4"
PIECE_S = 4
"""Cut every so often: short, as a piece counts only when the whole of it was sent."""
_MOST_ASTRAY_MS = 1000

_HEAD = re.compile(r'#EXT-X-MAP:URI="([^"]+)"')
_DURATION = re.compile(r"#EXTINF:([0-9]+(?:\.[0-9]+)?),")


class PlaylistError(ValueError):
    """Not a list of the pieces of one whole film."""


@dataclass(frozen=True, slots=True)
class Playlist:
    """What a list says: the name of the head, and of each piece with the moment it begins at."""

    head: str
    names: tuple[str, ...]
    starts_ms: tuple[int, ...]
    length_ms: int


def read_playlist(text: str, length_ms: int) -> Playlist:
    """Read the list that the cutter wrote of a film of this length.

    Durations are added up before they are rounded, so pieces neither overlap nor leave gaps; the
    last one ends where the film does. Raises PlaylistError.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    head = next((found[1] for line in lines if (found := _HEAD.match(line))), None)
    durations = [Decimal(found[1]) for line in lines if (found := _DURATION.match(line))]
    names = tuple(line for line in lines if not line.startswith("#"))
    if not lines or lines[0] != "#EXTM3U" or lines[-1] != "#EXT-X-ENDLIST" or head is None:
        raise PlaylistError("not a whole list with a head")
    if not names or len(names) != len(durations):
        raise PlaylistError("pieces and durations do not go together")
    edges = [int(edge * 1000) for edge in accumulate(durations, initial=Decimal(0))]
    if abs(edges[-1] - length_ms) > _MOST_ASTRAY_MS or edges[-2] >= length_ms:
        raise PlaylistError(f"the pieces take {edges[-1]} ms, the film {length_ms}")
    if any(start >= end for start, end in pairwise(edges)):
        raise PlaylistError("a piece takes no time")
    return Playlist(head, names, tuple(edges[:-1]), length_ms)


def stretches(starts_ms: Sequence[int], length_ms: int) -> list[tuple[int, int]]:
    """The moments [start, end) that each piece holds."""
    return list(pairwise([*starts_ms, length_ms]))


def write_playlist(
    starts_ms: Sequence[int], length_ms: int, *, head: str, addresses: Sequence[str]
) -> str:
    """The list that a player gets: the same pieces, each at an address of its own."""
    spans = [end - start for start, end in stretches(starts_ms, length_ms)]
    lines = [
        "#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{-(-max(spans) // 1000)}",
        "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{head}"',
    ]  # fmt: skip
    for span, address in zip(spans, addresses, strict=True):
        lines += [f"#EXTINF:{span // 1000}.{span % 1000:03},", address]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
