"""The log in the database: entered with the deed, placed once, proved to anyone."""

import datetime as dt
import os
import threading

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core import (
    audit,
    checkpoints,
    log_audit,
    log_reading,
    log_sequencer,
    log_witnesses,
    merkle,
    translog,
)
from app.core.checkpoints import Checkpoint, NoteSignature, SignatureKind, VerifierKey
from app.core.crypto import KeyRing
from app.core.db import Database
from app.core.errors import InvalidError, NotFoundError
from app.core.log_audit import DifferenceError
from app.core.log_keys import LogKeys
from app.core.signatures import SigningKey
from app.core.tiles import TileAddress
from app.core.translog import (
    Kind,
    LogCheckpoint,
    LogCosignature,
    LogLeaf,
    LogTile,
    LogWaiting,
)
from tests.conftest import START
from tests.tampering import alter
from tests.tile_entries import unbundle


@pytest.fixture
def keys(tmp_path) -> KeyRing:
    return KeyRing(tmp_path / "keys", may_create=True)


@pytest.fixture
def witness(keys: KeyRing) -> SigningKey:
    return keys.signer("witness")


@pytest.fixture
def log(keys: KeyRing, witness: SigningKey) -> LogKeys:
    known = VerifierKey("witness.example/w", SignatureKind.COSIGNATURE, witness.public_key)
    return LogKeys.build("log.example/log", keys, [known.text])


def _happen(database: Database, count: int, first: int = 0) -> None:
    with database.transaction() as db:
        for number in range(first, first + count):
            at = START + dt.timedelta(milliseconds=number)
            audit.record(db, "something.happened", now=at, actor_id=None, number=number)


def _bare(database: Database, count: int) -> None:
    """Entries without their records: for what looks at the tree alone."""
    with database.transaction() as db:
        rows = [
            {"record_id": f"{n:026}", "kind": "audit_event", "salt": bytes(16),
             "commitment": n.to_bytes(32, "big")}
            for n in range(count)
        ]  # fmt: skip
        db.execute(LogWaiting.__table__.insert(), rows)


def _count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_deed_that_is_rolled_back_is_not_entered(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as db:
        audit.record(db, "something.happened", now=START, actor_id=None)
        db.flush()
        raise RuntimeError
    with database.reading() as db:
        assert _count(db, LogWaiting) == 0


def test_what_waits_gets_its_place_once_and_in_order(database: Database, log: LogKeys) -> None:
    assert log_sequencer.sequence(database, log, now=START) == 0
    _happen(database, 10)
    assert log_sequencer.sequence(database, log, now=START, most=7) == 7
    assert log_sequencer.sequence_all(database, log, now=START) == 3
    assert log_sequencer.sequence_all(database, log, now=START) == 0
    with database.reading() as db:
        leaves = list(db.scalars(select(LogLeaf).order_by(LogLeaf.position)))
        assert [leaf.position for leaf in leaves] == list(range(10))
        assert [leaf.record_id for leaf in leaves] == sorted(leaf.record_id for leaf in leaves)
        assert _count(db, LogWaiting) == 0
        for leaf in leaves:
            record = audit.record_bytes(db.get_one(audit.AuditEvent, leaf.record_id))
            assert leaf.commitment == translog.commit_to("audit_event", record, leaf.salt)
        assert list(db.scalars(select(LogCheckpoint.size).order_by(LogCheckpoint.size))) == [7, 10]


def test_checkpoints_are_signed_by_the_logs_key_and_keep_its_name(
    database: Database, log: LogKeys
) -> None:
    _happen(database, 3)
    log_sequencer.sequence(database, log, now=START)
    renamed = LogKeys("elsewhere.example/log", log.keys)
    _happen(database, 2, first=3)
    log_sequencer.sequence(database, renamed, now=START)
    with database.reading() as db:
        for row in db.scalars(select(LogCheckpoint)):
            keys = log.verifier_keys("log.example/log")
            assert checkpoints.signers(row.note, keys) == keys
            # Under the log's own name, as c2sp.org/tlog-checkpoint wants it, and as it always was.
            key_id = log.keys.signer("log").key_id
            assert [key.name for key in keys] == ["log.example/log", f"log.example/log/{key_id}"]
            for key in keys:
                assert checkpoints.signers(row.note, [key]) == [key]
            text, _ = checkpoints.parse_note(row.note)
            assert Checkpoint.parse(text) == Checkpoint("log.example/log", row.size, row.root)


def test_after_a_rotation_every_checkpoint_is_known_by_either_name_of_its_key(
    database: Database, log: LogKeys
) -> None:
    """Keys of one name are told apart by their hash."""
    _happen(database, 3)
    log_sequencer.sequence(database, log, now=START)
    log.keys.add("log", now=START)
    _happen(database, 2, first=3)
    log_sequencer.sequence(database, log, now=START)
    old, old_by_id, new, new_by_id = log.verifier_keys("log.example/log")
    assert old.name == new.name
    assert old.key_hash != new.key_hash
    with database.reading() as db:
        before, after = db.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size))
        known = [old, old_by_id, new, new_by_id]
        assert checkpoints.signers(before.note, known) == [old, old_by_id]
        assert checkpoints.signers(after.note, known) == [new, new_by_id]


def test_proofs_over_several_tiles_and_sizes(database: Database, log: LogKeys) -> None:
    _bare(database, 1500)
    while log_sequencer.sequence(database, log, now=START, most=300):
        pass
    with database.reading() as db:
        roots = {row.size: row.root for row in db.scalars(select(LogCheckpoint))}
        assert sorted(roots) == [300, 600, 900, 1200, 1500]
        for number in (0, 255, 256, 299, 511, 700, 1499):
            for size in [None, *(size for size in roots if size > number)]:
                record_id = f"{number:026}"
                found = log_reading.prove_inclusion(db, Kind.AUDIT_EVENT, record_id, size=size)
                leaf = merkle.leaf_hash(found.commitment)
                assert found.position == number
                assert merkle.is_included(leaf, number, found.size, found.path, roots[found.size])
        for old in (0, 1, 256, 300, 600, 1499):
            for new in (600, 1200, 1500):
                if old <= new:
                    path = log_reading.prove_consistency(db, old, new).path
                    older = merkle.range_root(0, old, log_reading.Nodes(db, 1500))
                    assert merkle.is_consistent(old, older, new, roots[new], path)
        with pytest.raises(NotFoundError):
            log_reading.prove_inclusion(db, Kind.AUDIT_EVENT, f"{700:026}", size=600)
        with pytest.raises(NotFoundError):
            log_reading.prove_consistency(db, 5, 1501)


def test_tiles_and_bundles_rebuild_the_root(database: Database, log: LogKeys) -> None:
    _bare(database, 700)
    log_sequencer.sequence_all(database, log, now=START)
    with database.reading() as db:
        edge = merkle.Edge()
        for address in (TileAddress(None, 0), TileAddress(None, 1), TileAddress(None, 2, 188)):
            entries = unbundle(log_reading.read_tile(db, address))
            leaves = [merkle.leaf_hash(entry) for entry in entries]
            hashes = TileAddress(0, address.index, address.width)
            assert log_reading.read_tile(db, hashes) == b"".join(leaves)
            for leaf in leaves:
                edge.append(leaf)
        assert edge.root() == log_reading.newest(db).root
        assert len(log_reading.read_tile(db, TileAddress(1, 0, 2))) == 64
        assert log_reading.read_tile(db, TileAddress(0, 1, 5)) == log_reading.read_tile(
            db, TileAddress(0, 1)
        )[:160]  # fmt: skip
        assert _count(db, LogTile) == 2
        for beyond in (TileAddress(0, 2, 189), TileAddress(1, 0, 3), TileAddress(2, 0, 1)):
            with pytest.raises(NotFoundError):
                log_reading.read_tile(db, beyond)


def _is_whole(database: Database, entries: int) -> None:
    """Every entry stands once, the tree is theirs, nothing waits."""
    with database.reading() as db:
        leaves = list(db.scalars(select(LogLeaf).order_by(LogLeaf.position)))
        assert [leaf.position for leaf in leaves] == list(range(entries))
        assert len({leaf.record_id for leaf in leaves}) == entries
        assert _count(db, LogWaiting) == 0
        edge = merkle.Edge()
        tiles = [tile for leaf in leaves for tile in edge.append(merkle.leaf_hash(leaf.commitment))]
        assert {(row.level, row.index) for row in db.scalars(select(LogTile))} == {
            (tile.level, tile.index) for tile in tiles
        }
        newest = log_reading.newest(db)
        assert (newest.size, newest.root) == (entries, edge.root())


class KilledError(RuntimeError):
    """The work ends here."""


def _statements(database: Database, log: LogKeys) -> int:
    """How many statements a batch sends."""
    count = 0

    def see(_connection, _cursor, statement: str, *_rest: object) -> None:
        nonlocal count
        count += not statement.startswith("BEGIN")

    event.listen(database.engine, "before_cursor_execute", see)
    log_sequencer.sequence(database, log, now=START, most=300)
    event.remove(database.engine, "before_cursor_execute", see)
    return count


@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(
    database: Database, log: LogKeys, moment: str
) -> None:
    _bare(database, 1200)
    log_sequencer.sequence(database, log, now=START, most=300)
    steps = _statements(database, log)
    assert steps >= 8
    for step in range(steps):
        sent = 0

        def kill(_connection, _cursor, statement: str, *_rest: object, step: int = step) -> None:
            nonlocal sent
            sent += not statement.startswith("BEGIN")
            if sent > step:
                raise KilledError

        event.listen(database.engine, moment, kill)
        with pytest.raises(KilledError):
            log_sequencer.sequence(database, log, now=START, most=300)
        event.remove(database.engine, moment, kill)
        with database.reading() as db:
            assert log_reading.newest(db).size == 600
    log_sequencer.sequence_all(database, log, now=START)
    _is_whole(database, 1200)


@pytest.mark.parametrize("step", [1, 4, 6])
def test_a_process_killed_in_a_batch_leaves_nothing_of_it(
    database_url: str, log: LogKeys, step: int
) -> None:
    log.keys.signer("log")
    database = Database(database_url)
    _bare(database, 600)
    log_sequencer.sequence(database, log, now=START, most=300)
    database.close()
    child = os.fork()
    if child == 0:
        mine, sent = Database(database_url), []

        def die(*_given: object) -> None:
            sent.append(1)
            if len(sent) > step:
                os._exit(9)

        event.listen(mine.engine, "after_cursor_execute", die)
        log_sequencer.sequence(mine, log, now=START, most=300)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    again = Database(database_url)
    assert log_sequencer.sequence_all(again, log, now=START) == 300
    _is_whole(again, 600)
    again.close()


def test_appenders_side_by_side_and_writers_meanwhile(database: Database, log: LogKeys) -> None:
    _happen(database, 200)
    failures: list[BaseException] = []

    def append() -> None:
        try:
            for _ in range(6):
                log_sequencer.sequence(database, log, now=START, most=40)
        except BaseException as error:  # noqa: BLE001 -- shown to the test
            failures.append(error)

    threads = [threading.Thread(target=append) for _ in range(3)]
    for thread in threads:
        thread.start()
    for first in range(200, 260, 20):
        _happen(database, 20, first=first)
    for thread in threads:
        thread.join()
    assert failures == []
    log_sequencer.sequence_all(database, log, now=START)
    _is_whole(database, 260)


def _cosign(witness: SigningKey, note: str, stamp: int, name: str = "witness.example/w") -> str:
    text, _ = checkpoints.parse_note(note)
    key = VerifierKey(name, SignatureKind.COSIGNATURE, witness.public_key)
    signature = witness.sign(checkpoints.cosigned_message(text, stamp))
    return NoteSignature(name, key.key_hash, stamp.to_bytes(8, "big") + signature).line


def test_witnesses_stand_under_the_checkpoint(
    database: Database, log: LogKeys, witness: SigningKey
) -> None:
    _happen(database, 3)
    log_sequencer.sequence(database, log, now=START)
    with database.transaction() as db:
        checkpoint = log_reading.newest(db)
        line = _cosign(witness, checkpoint.note, 1_800_000_000)
        for _ in range(2):
            told = log_witnesses.accept(db, log.witnesses, size=3, lines=line)
            assert told == ["witness.example/w"]
        assert log_reading.note_of(db, checkpoint) == checkpoint.note + line
        assert log_reading.newest_cosigned(db) is not None
        found = checkpoints.signers(log_reading.note_of(db, checkpoint), log.witnesses)
        assert found == list(log.witnesses)
        other = _cosign(witness, checkpoint.note, 1_800_000_000, name="stranger.example")
        late = line.replace("witness.example/w AA", "witness.example/w AB")
        for wrong in (other, line[:-6] + "AAA=\n", "nonsense", late[:-1]):
            with pytest.raises(InvalidError):
                log_witnesses.accept(db, log.witnesses, size=3, lines=wrong)
        with pytest.raises(NotFoundError):
            log_witnesses.accept(db, log.witnesses, size=2, lines=line)


def test_an_altered_line_of_a_witness_is_found(
    database: Database, log: LogKeys, witness: SigningKey
) -> None:
    _happen(database, 3)
    log_sequencer.sequence(database, log, now=START)
    with database.transaction() as db:
        note = log_reading.newest(db).note
        log_witnesses.accept(db, log.witnesses, size=3, lines=_cosign(witness, note, 1_800_000_000))
    with database.reading() as db:
        assert log_audit.check_log(db, log).checkpoints == 1
        kept = db.scalars(select(LogCosignature)).one()
        db.expunge_all()
    for line in (_cosign(witness, note + "x\n\n— a AAAAAAA=\n", 1), "nonsense\n"):
        alter(database, kept, line=line)
        with database.reading() as db, pytest.raises(DifferenceError) as found:
            log_audit.check_log(db, log)
        assert (found.value.table, found.value.record) == ("log_cosignature", "size 3")


def test_an_entry_that_waits_again_gets_no_second_place(database: Database, log: LogKeys) -> None:
    _bare(database, 5)
    log_sequencer.sequence(database, log, now=START)
    _bare(database, 3)  # the same again
    assert log_sequencer.sequence_all(database, log, now=START) == 0
    with database.transaction() as db:
        row = {"record_id": "9" * 26, "kind": "audit_event", "salt": b"", "commitment": bytes(32)}
        db.execute(LogWaiting.__table__.insert(), [row])
    assert log_sequencer.sequence_all(database, log, now=START) == 1
    _is_whole(database, 6)


def test_a_witness_has_a_key_for_cosignatures(keys: KeyRing, witness: SigningKey) -> None:
    plain = VerifierKey("witness.example/w", SignatureKind.ED25519, witness.public_key)
    with pytest.raises(ValueError, match="cosignatures"):
        LogKeys.build("log.example/log", keys, [plain.text])
