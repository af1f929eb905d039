"""The arithmetic of a Merkle log (RFC 6962, RFC 9162): hashes, proofs, tiles. Pure: no database.

A *node* is (level, index): the root of the complete subtree over the leaves
[index · 2^level, (index + 1) · 2^level). A *tile* is 256 neighbouring nodes of a level that is a
multiple of eight; its root is one node eight levels up.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

ReadNode = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree by (level, index)."""


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring nodes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def complete_nodes(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut [start, end) into complete subtrees, left to right; start is a multiple of each."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def range_root(start: int, end: int, read: ReadNode) -> bytes:
    """The Merkle tree hash of the leaves [start, end), as RFC 6962 cuts them.

    `start` must be a multiple of the greatest power of two that fits into the range.
    """
    if start == end:
        return EMPTY_ROOT
    return _join([read(level, index) for level, index in complete_nodes(start, end)])


def _join(hashes: Sequence[bytes]) -> bytes:
    """Fold complete subtrees of falling size into the root above them, from the right."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def _split(size: int) -> int:
    """The greatest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def prove_inclusion(index: int, size: int, read: ReadNode) -> list[bytes]:
    """The path from leaf `index` to the root of `size` leaves; raises ValueError outside it."""
    if not 0 <= index < size:
        msg = "no such leaf in a tree of this size"
        raise ValueError(msg)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, read))
            end = middle
        else:
            path.append(range_root(start, middle, read))
            start = middle
    return path[::-1]


def prove_consistency(old: int, new: int, read: ReadNode) -> list[bytes]:
    """Nodes that show `old` leaves to be the beginning of `new`; raises ValueError for old > new.

    Between equal sizes, and from the empty tree, there is nothing to show.
    """
    if not 0 <= old <= new:
        msg = "the older tree cannot be the larger one"
        raise ValueError(msg)
    if old in (0, new):
        return []
    path, start, end, is_whole = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, read))
            end = middle
        else:
            path.append(range_root(start, middle, read))
            start, is_whole = middle, False
    if not is_whole:
        path.append(range_root(start, end, read))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    return _climb(old - 1, new - 1, steps) == (old_root, new_root)


def _climb(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that the steps lead to; None where there are too many or too few."""
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile: `level` counts tiles and not nodes, as in the tiles' addresses."""

    level: int
    index: int
    hashes: tuple[bytes, ...]
    root: bytes


class Edge:
    """The right edge of a growing tree: all that appending needs; no older leaf is read again.

    It is the compact range of the complete subtrees, and the tiles that are not full yet.
    """

    def __init__(self, size: int = 0, partial: Iterable[Sequence[bytes]] = ()) -> None:
        """Go on at `size` leaves; `partial` holds the tiles begun, from level 0 up.

        Raises ValueError where they do not belong to a tree of this size.
        """
        self.size = size
        self._tiles = [list(hashes) for hashes in partial]
        widths = [len(hashes) for hashes in self._tiles]
        if widths != partial_widths(size):
            msg = "these partial tiles are not those of a tree of this size"
            raise ValueError(msg)
        self._nodes = [node for tile in reversed(self._tiles) for node in _complete(tile)]

    def append(self, leaf: bytes) -> list[Tile]:
        """Add a leaf's hash; returns the tiles that it filled, the lowest first."""
        full: list[Tile] = []
        self._put(0, leaf)
        node, level = leaf, 0
        while self.size >> level & 1:
            node = node_hash(self._nodes.pop(), node)
            level += 1
            if level % HEIGHT == 0:
                full.append(self._close(level // HEIGHT - 1, node))
                self._put(level // HEIGHT, node)
        self._nodes.append(node)
        self.size += 1
        return full

    def root(self) -> bytes:
        return _join(self._nodes) if self._nodes else EMPTY_ROOT

    def _put(self, level: int, node: bytes) -> None:
        if level == len(self._tiles):
            self._tiles.append([])
        self._tiles[level].append(node)

    def _close(self, level: int, root: bytes) -> Tile:
        hashes, self._tiles[level] = tuple(self._tiles[level]), []
        return Tile(level, self.size >> HEIGHT * (level + 1), hashes, root)


def partial_widths(size: int) -> list[int]:
    """How many hashes the unfinished tile of each level holds, from level 0 up."""
    widths = []
    while size:
        widths.append(size % WIDTH)
        size //= WIDTH
    return widths


def _complete(hashes: Sequence[bytes]) -> list[bytes]:
    """The complete subtrees of a partial tile, left to right."""
    return [
        fold(hashes[index << level : (index + 1) << level])
        for level, index in complete_nodes(0, len(hashes))
    ]


def node_in_tile(hashes: Sequence[bytes], level: int, index: int) -> bytes:
    """The node (level, index) from the tile that holds what lies below it.

    `hashes` are the tile's; the node's level within the tile is `level % 8`.
    """
    inner = level % HEIGHT
    first = (index << inner) % WIDTH
    return fold(hashes[first : first + (1 << inner)])
