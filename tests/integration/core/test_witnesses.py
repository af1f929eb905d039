"""Witnesses are asked over HTTP; one that knows the protocol from its own text signs or refuses."""

import datetime as dt
from base64 import b64encode
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.core import audit, log_asking, log_audit, log_reading, log_sequencer, log_witnesses
from app.core.audit import AuditEvent
from app.core.checkpoints import MalformedError, NoteSignature, VerifierKey, signers
from app.core.crypto import KeyRing
from app.core.db import Database
from app.core.errors import InvalidError
from app.core.log_audit import DifferenceError
from app.core.log_keys import PURPOSE, LogKeys
from app.core.translog import LogCheckpoint, LogCosignature
from tests.conftest import START
from tests.tampering import alter
from tests.witness import NAME, STAMP, Witness

ORIGIN = "log.example/log"


@pytest.fixture
def keys(tmp_path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys", may_create=True)
    ring.signer(PURPOSE)
    return ring


@pytest.fixture
def witness(keys: KeyRing) -> Witness:
    return Witness({ORIGIN: list(keys.public_keys(PURPOSE).values())})


@pytest.fixture
def log(keys: KeyRing, witness: Witness) -> Iterator[LogKeys]:
    with witness.serving() as address:
        yield LogKeys.build(ORIGIN, keys, [witness.verifier_key], {NAME: address})


def _grow(database: Database, log: LogKeys, count: int) -> int:
    with database.transaction() as db:
        for _ in range(count):
            audit.record(db, "something.happened", now=START, actor_id=None)
    log_sequencer.sequence_all(database, log, now=START)
    with database.reading() as db:
        return log_reading.newest(db).size


def _ask(database: Database, log: LogKeys) -> list[str]:
    return log_asking.ask(database, log, now=START + dt.timedelta(minutes=1))


def _root(database: Database) -> bytes:
    with database.reading() as db:
        return b64encode(log_reading.newest(db).root)


def _signed(database: Database) -> list[int]:
    with database.reading() as db:
        return list(db.scalars(select(LogCosignature.size).order_by(LogCosignature.size)))


def test_the_witness_signs_what_grew_out_of_what_it_signed(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    sizes = []
    for count in (1, 2, 5, 300):
        sizes.append(_grow(database, log, count))
        assert _ask(database, log) == [NAME]
    assert _ask(database, log) == []  # nothing new: nobody is asked
    assert witness.asked == [200] * 4
    assert _signed(database) == sizes
    with database.reading() as db:
        note = log_reading.note_of(db, log_reading.newest(db))
        assert signers(note, log.witnesses) == list(log.witnesses)
        assert db.scalar(select(func.min(LogCosignature.stamp))) == STAMP
        log_audit.check_log(db, log)


@pytest.mark.parametrize("name", ["stamp", "witness", "line", "other"])
def test_a_line_that_no_witness_made_is_named(database: Database, log: LogKeys, name: str) -> None:
    _grow(database, log, 3)
    _ask(database, log)
    with database.reading() as db:
        row = db.scalars(select(LogCosignature)).one()
        checked = log_audit.check_log(db, log)
        assert (checked.cosignatures, checked.strangers) == (1, 0)
        db.expunge(row)
    # Well formed, of a witness that nobody configured: counted as not checked.
    other = NoteSignature("else.example/w", bytes(4), (7).to_bytes(8) + bytes(64))
    made_up: dict[str, dict[str, object]] = {
        "stamp": {"stamp": row.stamp + 1}, "witness": {"witness": "else.example/w"},
        "line": {"line": f"\u2014 {row.witness} AAAA\n"},
        "other": {"witness": other.name, "stamp": 7, "line": other.line},
    }  # fmt: skip
    alter(database, row, **made_up[name])
    with database.reading() as db:
        if name == "other":
            checked = log_audit.check_log(db, log)
            assert (checked.cosignatures, checked.strangers) == (0, 1)
            return
        with pytest.raises(DifferenceError, match="log_cosignature, record size 3, field line"):
            log_audit.check_log(db, log)


def test_a_witness_that_came_further_than_is_known_here_is_told_the_rest(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    """Its line was lost on the way, or it was asked by another: it says how far it came."""
    _grow(database, log, 3)
    witness.seen[ORIGIN] = 3, _root(database)
    size = _grow(database, log, 4)
    assert _ask(database, log) == [NAME]
    assert witness.asked == [409, 200]
    assert _signed(database) == [size]


def test_a_witness_that_forgot_is_shown_the_log_from_the_beginning(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    _grow(database, log, 3)
    _ask(database, log)
    witness.seen.clear()
    _grow(database, log, 4)
    assert _ask(database, log) == [NAME]
    assert witness.asked == [200, 409, 200]


def test_a_log_that_was_set_back_is_not_signed_and_leaves_a_trace_once(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    _grow(database, log, 3)
    witness.seen[ORIGIN] = 1_000, b""
    for _ in range(2):
        assert _ask(database, log) == []
    assert _signed(database) == []
    with database.reading() as db:
        [event] = db.query(AuditEvent).filter_by(event=log_asking.AHEAD)
        assert event.facts == {"witness": NAME, "witnessed": 1_000, "size": 3}


def test_a_changed_past_is_refused(database: Database, log: LogKeys, witness: Witness) -> None:
    _grow(database, log, 3)
    _ask(database, log)
    witness.seen[ORIGIN] = 3, b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    _grow(database, log, 3)
    assert _ask(database, log) == []
    assert witness.asked == [200, 422]
    assert _signed(database) == [3]


@pytest.mark.parametrize(
    "told",
    [
        (500, "text/plain", b""),
        (302, "text/plain", b""),
        (404, "text/plain", b"unknown"),
        (200, "text/plain", b""),
        (200, "text/plain", b"\xff\x00"),
        (200, "text/plain", "— stranger.example/w AAAAAAAAAAAA\n".encode()),
        (200, "text/plain", b"x" * 1_000_000),
        (409, "text/x.tlog.size", b"none"),
        (409, "text/x.tlog.size", b"0"),
        (409, "text/html", b"2"),
    ],
)
def test_no_other_answer_counts_as_a_signature(
    database: Database, log: LogKeys, witness: Witness, told: tuple[int, str, bytes]
) -> None:
    _grow(database, log, 3)
    witness.says_instead = told
    assert _ask(database, log) == []
    assert _signed(database) == []
    witness.says_instead = None
    assert _ask(database, log) == [NAME]


def test_a_line_of_the_right_name_with_a_wrong_signature_is_not_kept(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    _grow(database, log, 3)
    with database.reading() as db:
        text = log_reading.newest(db).note.rpartition("\n\n")[0] + "\n"
    forged = witness.line(text.replace(ORIGIN, "other.example/log"))
    witness.says_instead = 200, "text/plain", forged.encode()
    assert _ask(database, log) == []
    stranger = Witness({}).line(text)
    witness.says_instead = 200, "text/plain", (stranger + witness.line(text)).encode()
    assert _ask(database, log) == [NAME]


def test_a_witness_that_is_away_is_asked_again(
    database: Database, keys: KeyRing, witness: Witness
) -> None:
    away = LogKeys.build(ORIGIN, keys, [witness.verifier_key], {NAME: "http://127.0.0.1:9/w"})
    _grow(database, away, 3)
    assert _ask(database, away) == []
    with witness.serving() as address:
        back = LogKeys.build(ORIGIN, keys, [witness.verifier_key], {NAME: address})
        assert _ask(database, back) == [NAME]


def test_before_the_first_checkpoint_nobody_is_asked(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    assert _ask(database, log) == []
    assert witness.asked == []
    with database.reading() as db:
        assert db.query(LogCheckpoint).count() == 0


def test_an_address_of_nobody_is_refused_at_the_start(keys: KeyRing, witness: Witness) -> None:
    with pytest.raises(MalformedError, match="elsewhere"):
        LogKeys.build(ORIGIN, keys, [witness.verifier_key], {"elsewhere": "https://w.example"})
    assert VerifierKey.parse(witness.verifier_key).name == NAME


def _text(database: Database) -> str:
    with database.reading() as db:
        return log_reading.newest(db).note.rpartition("\n\n")[0] + "\n"


def _accept(database: Database, log: LogKeys, lines: str) -> list[str]:
    with database.transaction() as db:
        size = log_reading.newest(db).size
        return log_witnesses.accept(db, log.witnesses, size=size, lines=lines)


@pytest.mark.parametrize("is_new_first", [False, True])
def test_a_witness_that_changed_its_key_is_known_by_both(
    database: Database, keys: KeyRing, witness: Witness, *, is_new_first: bool
) -> None:
    """What the old key signed stays good, and the new one signs on: neither hides the other."""
    old = witness.verifier_key
    with witness.serving() as address:
        _ask_grown(database, LogKeys.build(ORIGIN, keys, [old], {NAME: address}))
        witness.private = Witness({}).private
        known = [witness.verifier_key, old] if is_new_first else [old, witness.verifier_key]
        both = LogKeys.build(ORIGIN, keys, known, {NAME: address})
        _ask_grown(database, both)
    assert witness.asked == [200, 200]  # once a round, whatever keys it is known by
    with database.reading() as db:
        checked = log_audit.check_log(db, both)
        assert (checked.cosignatures, checked.strangers) == (2, 0)
        newest = log_reading.newest(db)
        assert log_reading.newest_signed_by(db, both.witnesses) == newest
        # Whoever has the old key alone still verifies what it signed, and counts the rest.
        before = LogKeys.build(ORIGIN, keys, [old])
        checked = log_audit.check_log(db, before)
        assert (checked.cosignatures, checked.strangers) == (1, 1)
        found = log_reading.newest_signed_by(db, before.witnesses)
        assert found is not None
        assert found.size < newest.size


def _ask_grown(database: Database, log: LogKeys) -> None:
    _grow(database, log, 3)
    assert _ask(database, log) == [NAME]


def test_two_keys_of_one_name_stand_side_by_side_under_one_checkpoint(
    database: Database, keys: KeyRing, witness: Witness
) -> None:
    other, stranger = Witness({}), Witness({})
    log = LogKeys.build(ORIGIN, keys, [witness.verifier_key, other.verifier_key])
    _grow(database, log, 3)
    lines = [each.line(_text(database)) for each in (witness, other)]
    for line in (lines[0], lines[1], lines[0]):
        assert _accept(database, log, line) == [NAME]
    with database.reading() as db:
        note = log_reading.note_of(db, log_reading.newest(db))
        assert set(signers(note, log.witnesses)) == set(log.witnesses)
        assert sorted(note.splitlines(keepends=True)[-2:]) == sorted(lines)
        assert log_audit.check_log(db, log).cosignatures == 2
    with pytest.raises(InvalidError, match="没有登记这把密钥"):
        _accept(database, log, stranger.line(_text(database)))


def test_a_line_from_before_the_column_named_the_key_still_speaks(
    database: Database, log: LogKeys, witness: Witness
) -> None:
    size = _grow(database, log, 3)
    line = witness.line(_text(database))
    with database.transaction() as db:
        db.add(LogCosignature(size=size, witness=NAME, stamp=STAMP, line=line))
    assert _accept(database, log, line) == [NAME]
    assert _signed(database) == [size]  # not a second time
    assert _ask(database, log) == []  # nothing new for it
    with database.reading() as db:
        assert log_audit.check_log(db, log).cosignatures == 1
        assert log_reading.newest_signed_by(db, log.witnesses) == log_reading.newest(db)
