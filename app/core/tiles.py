"""How tiles are addressed and entries bundled (c2sp.org/tlog-tiles). Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.core.merkle import HEIGHT, WIDTH

_MOST_ENTRY: Final = 0xFFFF
_HIGHEST: Final = 63
_ADDRESS: Final = re.compile(
    r"(?P<level>0|[1-9][0-9]?|entries)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TileAddress:
    """A tile of hashes, or (`level` None) the bundle of entries under a tile of level 0."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Without a slash in front: `tile/0/x001/234`, `tile/entries/000.p/17`."""
        groups, rest = [f"{self.index % 1000:03}"], self.index // 1000
        while rest:
            groups.append(f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{part}"

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH

    def fits(self, size: int) -> bool:
        """Whether a log of `size` entries has come as far as this tile."""
        return self.index * WIDTH + self.width <= size >> HEIGHT * (self.level or 0)


def parse_tile_path(path: str) -> TileAddress | None:
    """Read what follows `tile/`; None for any other spelling than the one of `path`."""
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    address = TileAddress(level, index, int(found["width"] or WIDTH))
    is_odd = (level or 0) > _HIGHEST or (found["width"] is not None and address.width >= WIDTH)
    return None if is_odd or address.path != f"tile/{path}" else address


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after the other, each behind its length in two bytes."""
    parts = []
    for entry in entries:
        if len(entry) > _MOST_ENTRY:
            msg = "an entry of a bundle has at most 65535 bytes"
            raise ValueError(msg)
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)
