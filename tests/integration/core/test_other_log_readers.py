"""An implementation of RFC 6962 that we did not write says the same of the log as ours do.

Three readings side by side: the platform's (`app/core/merkle.py`), the stand-alone verifier's, and
logsiegel's. What one of them accepts all of them accept.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logsiegel import merkle as others
from sqlalchemy import select

from app.core import audit, log_reading, log_sequencer, merkle
from app.core.crypto import KeyRing
from app.core.db import Database
from app.core.log_keys import LogKeys
from app.core.translog import Kind, LogCheckpoint, LogLeaf
from tests.conftest import START
from verifier import log_proofs
from verifier.log_proofs import Tree

Path = tuple[bytes, ...]
BATCHES = (1, 2, 4, 7, 3, 16, 1, 30)


@pytest.fixture
def grown(database: Database, tmp_path) -> Database:
    """A log of several checkpoints, of sizes with and without a power of two."""
    log = LogKeys.build("log.example/log", KeyRing(tmp_path / "keys", may_create=True), [])
    number = 0
    for count in BATCHES:
        with database.transaction() as db:
            for _ in range(count):
                at = START + dt.timedelta(milliseconds=number)
                audit.record(db, "something.happened", now=at, actor_id=None, number=number)
                number += 1
        log_sequencer.sequence_all(database, log, now=START)
    return database


def _is_included(entry: bytes, at: int, size: int, path: Path, root: bytes) -> bool:
    """What all three say; they have to agree."""
    told = {
        merkle.is_included(merkle.leaf_hash(entry), at, size, path, root),
        log_proofs.is_included(entry, at, Tree("", size, root, ()), path),
        others.verify_inclusion(others.leaf_hash(entry), at, size, list(path), root),
    }
    [found] = told
    return found


def _is_consistent(old: int, older: bytes, new: int, newer: bytes, path: Path) -> bool:
    told = {
        merkle.is_consistent(old, older, new, newer, path),
        log_proofs.is_consistent(Tree("", old, older, ()), Tree("", new, newer, ()), path),
        others.verify_consistency(old, new, list(path), older, newer),
    }
    [found] = told
    return found


def _flipped(path: Path) -> Iterator[Path]:
    """The path with one step changed, left out, doubled, or put in another's place."""
    for at, step in enumerate(path):
        yield (*path[:at], bytes([step[0] ^ 1]) + step[1:], *path[at + 1 :])
        yield (*path[:at], *path[at + 1 :])
        yield (*path[:at], step, *path[at:])
    if len(path) > 1:
        yield path[::-1]


def test_it_reckons_the_same_roots_and_the_same_proofs(grown: Database) -> None:
    with grown.reading() as db:
        entries = list(db.scalars(select(LogLeaf.commitment).order_by(LogLeaf.position)))
        checkpoints = list(db.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)))
        leaves = [others.leaf_hash(entry) for entry in entries]
        assert len(checkpoints) == len(BATCHES)
        for checkpoint in checkpoints:
            assert others.merkle_root(leaves[: checkpoint.size]) == checkpoint.root
        for old in checkpoints:
            for new in checkpoints:
                if old.size <= new.size:
                    path = log_reading.prove_consistency(db, old.size, new.size).path
                    assert list(path) == others.consistency_proof(leaves[: new.size], old.size)


def test_inclusion_is_accepted_and_every_altered_proof_is_not(grown: Database) -> None:
    with grown.reading() as db:
        leaves = list(db.scalars(select(LogLeaf).order_by(LogLeaf.position)))
        proofs = [log_reading.prove_inclusion(db, Kind.AUDIT_EVENT, x.record_id) for x in leaves]
    assert len(proofs) == sum(BATCHES)
    for proof in proofs:
        given_, root, size = proof.commitment, proof.root, proof.size
        assert _is_included(given_, proof.position, size, proof.path, root)
        assert not _is_included(bytes(32), proof.position, size, proof.path, root)
        assert not _is_included(given_, proof.position, size, proof.path, bytes(32))
        assert not _is_included(given_, size, size, proof.path, root)
        neighbour = proof.position ^ 1
        if neighbour < size:
            assert not _is_included(given_, neighbour, size, proof.path, root)
        for path in _flipped(proof.path):
            assert not _is_included(given_, proof.position, size, path, root)


def test_consistency_is_accepted_and_every_altered_proof_is_not(grown: Database) -> None:
    with grown.reading() as db:
        checkpoints = list(db.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)))
        for old, new in itertools.pairwise(checkpoints):
            path = log_reading.prove_consistency(db, old.size, new.size).path
            assert _is_consistent(old.size, old.root, new.size, new.root, path)
            assert not _is_consistent(old.size, bytes(32), new.size, new.root, path)
            assert not _is_consistent(old.size, old.root, new.size, bytes(32), path)
            assert not _is_consistent(new.size, new.root, old.size, old.root, path)
            for other in _flipped(path):
                assert not _is_consistent(old.size, old.root, new.size, new.root, other)


@settings(deadline=None)
@given(st.integers(1, 80), st.integers(0, 80), st.integers(0, 80), st.data())
def test_all_readings_agree_whatever_the_proof(
    size: int, claimed: int, index: int, data: st.DataObject
) -> None:
    """Of proofs cut, lengthened and under other sizes too: nobody is stricter, nobody laxer."""
    entries = [number.to_bytes(4) for number in range(size)]
    leaves = [others.leaf_hash(entry) for entry in entries]
    root, place = others.merkle_root(leaves), min(index, size - 1)
    path = others.inclusion_proof(leaves, place)
    path = path[: data.draw(st.integers(0, len(path)))] if data.draw(st.booleans()) else path
    _is_included(entries[place], index, claimed, tuple(path), root)
    old = data.draw(st.integers(1, size))
    grown_path = others.consistency_proof(leaves, old)
    told = _is_consistent(old, others.merkle_root(leaves[:old]), size, root, tuple(grown_path))
    assert told
    _is_consistent(old, others.merkle_root(leaves[:old]), claimed, root, tuple(grown_path[:-1]))
