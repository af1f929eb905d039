"""The tree's arithmetic against RFC 6962's known trees and against the RFC's own recursion."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import merkle
from app.core.merkle import Edge, is_consistent, is_included, leaf_hash, node_hash

# The eight leaves that every implementation of RFC 6962 is tried on, and the roots over them.
KNOWN = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# Published consistency proof from six to eight of these leaves.
SIX_TO_EIGHT = (
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
)


def tree_hash(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = max(2**i for i in range(len(entries).bit_length()) if 2**i < len(entries))
    return hashlib.sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def audit_path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    k = max(2**i for i in range(len(entries).bit_length()) if 2**i < len(entries))
    if m < k:
        return [*audit_path(m, entries[:k]), tree_hash(entries[k:])]
    return [*audit_path(m - k, entries[k:]), tree_hash(entries[:k])]


def consistency_path(m: int, entries: list[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    if m == len(entries):
        return [] if whole else [tree_hash(entries)]
    k = max(2**i for i in range(len(entries).bit_length()) if 2**i < len(entries))
    if m <= k:
        return [*consistency_path(m, entries[:k], whole=whole), tree_hash(entries[k:])]
    return [*consistency_path(m - k, entries[k:], whole=False), tree_hash(entries[:k])]


def _entries(count: int) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(count)]


def _reader(entries: list[bytes]) -> merkle.ReadNode:
    return lambda level, index: tree_hash(entries[index << level : (index + 1) << level])


def _grown(count: int) -> Edge:
    edge = Edge()
    for entry in _entries(count):
        edge.append(leaf_hash(entry))
    return edge


def test_the_roots_that_everybody_knows() -> None:
    edge = Edge()
    for size, root in enumerate(ROOTS):
        assert edge.root().hex() == root
        assert merkle.range_root(0, size, _reader(KNOWN)).hex() == root
        if size < len(KNOWN):
            edge.append(leaf_hash(KNOWN[size]))


def test_a_published_proof() -> None:
    path = [bytes.fromhex(text) for text in SIX_TO_EIGHT]
    assert merkle.prove_consistency(6, 8, _reader(KNOWN)) == path
    six, eight = bytes.fromhex(ROOTS[6]), bytes.fromhex(ROOTS[8])
    assert is_consistent(6, six, 8, eight, path)
    assert not is_consistent(6, bytes.fromhex(ROOTS[5]), 8, eight, path)


@settings(deadline=None)
@given(st.integers(1, 140), st.data())
def test_inclusion_is_the_rfcs_path_and_verifies(size: int, data: st.DataObject) -> None:
    entries = _entries(size)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.prove_inclusion(index, size, _reader(entries))
    assert path == audit_path(index, entries)
    root, leaf = tree_hash(entries), leaf_hash(entries[index])
    assert is_included(leaf, index, size, path, root)
    assert not is_included(leaf, index, size, [*path, root], root)
    assert not is_included(node_hash(leaf, leaf), index, size, path, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index)) if size > 1 else 1
    assert not is_included(leaf, other, size, path, root)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        wrong = [*path[:place], bytes(32), *path[place + 1 :]]
        assert not is_included(leaf, index, size, wrong, root)
        assert not is_included(leaf, index, size, path[:-1], root)


@settings(deadline=None)
@given(st.integers(0, 140), st.data())
def test_consistency_is_the_rfcs_path_and_verifies(new: int, data: st.DataObject) -> None:
    entries = _entries(new)
    old = data.draw(st.integers(0, new))
    path = merkle.prove_consistency(old, new, _reader(entries))
    assert path == (consistency_path(old, entries) if old else [])
    older, newer = tree_hash(entries[:old]), tree_hash(entries)
    assert is_consistent(old, older, new, newer, path)
    assert not is_consistent(old, older, new, newer, [*path, newer])
    assert not is_consistent(old, bytes(32), new, newer, path)
    if old:
        assert not is_consistent(old, older, new, bytes(32), path)
        changed = [b"x", *entries[1:]]
        assert not is_consistent(old, older, new, tree_hash(changed), path)
    if path:
        assert not is_consistent(old, older, new, newer, path[1:])


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_no_proof_of_what_cannot_be(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="larger"):
        merkle.prove_consistency(old, new, _reader(_entries(9)))
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.prove_inclusion(new, new, _reader(_entries(9)))


@settings(deadline=None)
@given(st.integers(0, 600), st.integers(0, 60))
def test_an_edge_taken_up_again_grows_the_same(size: int, more: int) -> None:
    entries = _entries(size + more)
    hashes = [leaf_hash(entry) for entry in entries]
    rows = [hashes[:size]]
    while len(rows[-1]) >= merkle.WIDTH:
        row = rows[-1]
        full = range(0, len(row) - merkle.WIDTH + 1, merkle.WIDTH)
        rows.append([merkle.fold(row[at : at + merkle.WIDTH]) for at in full])
    partial = [row[len(row) // merkle.WIDTH * merkle.WIDTH :] for row in rows]
    edge = Edge(size, partial if size else [])
    for leaf in hashes[size:]:
        edge.append(leaf)
    assert edge.root() == _grown(size + more).root() == tree_hash(entries)


def test_an_edge_refuses_tiles_of_another_size() -> None:
    with pytest.raises(ValueError, match="this size"):
        Edge(3, [[bytes(32)]])


def test_tiles_fill_on_two_levels() -> None:
    edge, tiles = Edge(), []
    size = merkle.WIDTH**2
    for number in range(size):
        tiles += edge.append(leaf_hash(number.to_bytes(4, "big")))
    assert [(t.level, t.index) for t in tiles if t.level] == [(1, 0)]
    assert [t.index for t in tiles if t.level == 0] == list(range(merkle.WIDTH))
    assert tiles[-1].root == edge.root() == merkle.fold(tiles[-1].hashes)
    assert tiles[-1].hashes == tuple(t.root for t in tiles if t.level == 0)
    assert merkle.partial_widths(size) == [0, 0, 1]
    assert merkle.node_in_tile(tiles[3].hashes, 3, 3 * 32 + 5) == merkle.fold(
        tiles[3].hashes[40:48]
    )
