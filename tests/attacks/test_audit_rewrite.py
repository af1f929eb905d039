"""A51: an insider edits records or the log in the database; the auditor names the first change."""

import argparse
import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Executable, Select, delete, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.cli import log as cli_log
from app.core import audit, log_sequencer, translog
from app.core.clock import SettableClock
from app.core.db import Base
from app.core.ids import new_id
from app.core.log_audit import DifferenceError
from app.core.translog import Kind, LogCheckpoint, LogLeaf, LogTile
from app.learning.models.ledger import LedgerEntry
from app.learning.models.policies import PolicyRevision
from app.learning.models.study import (
    PendingPiece,
    StudyBatch,
    StudyCut,
    StudyEvidence,
    StudySession,
)
from app.learning.rules.ledger import Line, binding, line_bytes, line_hash
from app.learning.rules.policy_scopes import Basis, Scope
from app.learning.services import evidence, policies
from app.learning.services.policies import NewRevision
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.people import ALICE, sign_in, verify
from tests.player import Player, choose_questions
from tests.tampering import alter, tamper


@dataclass
class World:
    """One learner with a ledger of several entries, all in the log, in two batches."""

    parts: Parts
    player: Player

    def find(self) -> DifferenceError | None:
        try:
            cli_log.check_everything(self.parts)
        except DifferenceError as found:
            return found
        return None

    def entries(self) -> list[LedgerEntry]:
        with self.parts.database.reading() as db:
            found = list(db.scalars(select(LedgerEntry).order_by(LedgerEntry.number)))
            db.expunge_all()
            return found

    def leaf(self, record_id: str) -> LogLeaf:
        found: LogLeaf = self.first(select(LogLeaf).where(LogLeaf.record_id == record_id))
        return found

    def alter(self, row: Base, **values: object) -> None:
        alter(self.parts.database, row, **values)

    def mend(self, row: Base, *names: str) -> None:
        """Put back what the row in hand says."""
        self.alter(row, **{name: getattr(row, name) for name in names})

    def found(self) -> DifferenceError:
        found = self.find()
        assert found is not None
        return found

    def first(self, query: Select[tuple[Base]]) -> Any:
        with self.parts.database.reading() as db:
            found = db.scalars(query.limit(1)).one()
            db.expunge_all()
            return found

    def sequence(self) -> None:
        now = self.parts.clock.now()
        log_sequencer.sequence_all(self.parts.database, self.parts.log, now=now)


@pytest.fixture
def world(client: TestClient, parts: Parts, clock: SettableClock) -> World:
    course = make_course(parts, identity_gap_s=[25, 25])
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    player = Player(client, parts, clock, ALICE)
    player.enrol(course.course_id)
    opened = player.open(course.video_id)
    player.pass_check()
    player.fetch(opened)
    world = World(parts, player)
    for start in range(0, 90_000, 10_000):
        player.play(start, start + 10_000)
        if player.challenge is not None:
            player.pass_check()
        if start == 50_000:
            with parts.database.transaction() as db:
                for number in range(260):  # more than a tile
                    audit.record(db, "filler", now=clock.now(), actor_id=None, number=number)
            world.sequence()
    player.ask_check()
    player.pass_check()
    player.open(course.video_id)  # closes the session before
    world.sequence()
    assert len(world.entries()) >= 3
    assert world.find() is None
    return world


def test_an_altered_field_of_an_entry_is_named(world: World) -> None:
    entry = world.entries()[1]
    for field, wrong in {
        "ms": entry.ms + 1, "reason": "x", "day": dt.date(2026, 11, 1), "author_id": entry.id,
        "evidence_hash": "0" * 64, "prev_hash": "0" * 64, "hash": "0" * 64, "number": 99,
        "at": entry.at + dt.timedelta(microseconds=1),
    }.items():  # fmt: skip
        world.alter(entry, **{field: wrong})
        found = world.found()
        assert found.table == "ledger_entry", str(found)
        if field != "number":  # the entries after it are looked at first
            assert entry.id in found.record, str(found)
            assert field in (found.field or ""), str(found)
        world.mend(entry, field)
    assert world.find() is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("day", "UPDATE ledger_entry SET day = '2026-99-01' WHERE id = :id"),
        ("at", "UPDATE ledger_entry SET at = 'yesterday' WHERE id = :id"),
    ],
)
def test_an_entry_that_cannot_be_read_is_named(world: World, field: str, change: str) -> None:
    """PostgreSQL takes no such value."""
    entry = world.entries()[1]
    tamper(world.parts.database, text(change).bindparams(id=entry.id))
    found = world.found()
    assert (found.table, found.record, found.field) == ("ledger_entry", entry.id, field)


def test_an_altered_key_or_first_head_of_a_session_is_named(world: World) -> None:
    session = world.first(select(StudySession).where(StudySession.closed_at.is_not(None)))
    blob = session.key_sealed
    for field, wrong in [
        ("key_sealed", blob[:-1] + bytes([blob[-1] ^ 1])),
        ("key_sealed", bytes([blob[0] ^ 1]) + blob[1:]),
        ("key_sealed", b"\xff" + blob[1:]),
        ("key_sealed", blob[:14]),
        ("first_head", session.first_head[:-2]),
    ]:
        world.alter(session, **{field: wrong})
        found = world.found()
        assert (found.table, session.id in found.record) == ("study_session", True), str(found)
        assert field in (found.field or ""), str(found)
        world.mend(session, field)
    assert world.find() is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_altered_id_of_a_session_is_named(world: World) -> None:
    """PostgreSQL's foreign keys hold; on SQLite they are the connection's own matter."""
    session = world.first(select(StudySession).where(StudySession.closed_at.is_not(None)))
    other = session.id[:-1] + ("0" if session.id[-1] != "0" else "1")
    path = world.parts.database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE study_session SET id = ? WHERE id = ?", (other, session.id))
    found = world.found()
    assert found.table == "study_session", str(found)
    assert other in found.record or session.id in found.record


def test_an_altered_salt_or_commitment_is_named(world: World) -> None:
    # Under a full tile, and at the open end of the tree, where a checkpoint alone tells.
    for entry in (world.entries()[1], world.entries()[-1]):
        leaf = world.leaf(entry.id)
        world.alter(leaf, salt=bytes([leaf.salt[0] ^ 1]) + leaf.salt[1:])
        found = world.found()
        assert "salt" in (found.field or ""), str(found)
        assert entry.id in found.record
        world.mend(leaf, "salt")
        world.alter(leaf, commitment=leaf.commitment[:-1] + bytes([leaf.commitment[-1] ^ 1]))
        found = world.found()
        assert (found.table, found.field) == ("log_leaf", "commitment"), str(found)
        assert f"position {leaf.position}" in found.record, str(found)
        world.mend(leaf, "commitment")
    assert world.find() is None


def test_an_altered_event_is_named(world: World) -> None:
    event = world.first(select(audit.AuditEvent).where(audit.AuditEvent.event == "filler"))
    for field, wrong in {
        "facts": {"number": 999}, "actor_id": "x", "event": "other", "subject_id": "x",
        "at": event.at + dt.timedelta(microseconds=1),
    }.items():  # fmt: skip
        world.alter(event, **{field: wrong})
        found = world.found()
        assert (found.table, found.record) == ("audit_event", event.id), str(found)
        assert field in (found.field or "")
        world.mend(event, field)
    assert world.find() is None


def test_altered_tiles_and_checkpoints_are_named(world: World) -> None:
    tile, checkpoint = world.first(select(LogTile)), world.first(select(LogCheckpoint))
    note = checkpoint.note
    for row, field, wrong in (
        (tile, "hashes", tile.hashes[:-1] + bytes([tile.hashes[-1] ^ 1])),
        (tile, "hashes", tile.hashes[:-1]),
        (tile, "root", bytes(32)),
        (checkpoint, "root", bytes(32)),
        (checkpoint, "note", note.replace("\n\n", "\nx\n\n")),
        (checkpoint, "note", note.replace("/log\n", "/lob\n", 1)),
        (checkpoint, "note", note.replace("\n— ", "\n—")),
        (checkpoint, "size", checkpoint.size - 1),
    ):
        world.alter(row, **{field: wrong})
        found = world.found()
        assert (found.table, found.field) == (row.__tablename__, field), str(found)
        if field == "size":
            tamper(
                world.parts.database,
                LogCheckpoint.__table__.update()
                .where(LogCheckpoint.size == wrong)
                .values(size=checkpoint.size),
            )
        else:
            world.mend(row, field)
    assert world.find() is None


def test_what_is_gone_is_named(world: World) -> None:
    middle, last = world.entries()[1], world.entries()[-1]
    tamper(world.parts.database, delete(LedgerEntry).where(LedgerEntry.id == middle.id))
    found = world.found()
    assert found.record == f"number {middle.number} of learner {middle.learner_id}"
    assert "missing" in str(found)
    rest = [entry.id for entry in world.entries() if entry.number > middle.number]
    tamper(world.parts.database, delete(LedgerEntry).where(LedgerEntry.id.in_(rest)))
    found = world.found()
    assert (found.table, found.record) == ("ledger_entry", middle.id)
    assert "gone" in str(found)
    assert last.id in rest


def test_hours_added_with_a_right_chain_are_not_in_the_log(world: World) -> None:
    last = world.entries()[-1]
    line = Line(**{name: getattr(last, name) for name in Line.__struct_fields__} | {
        "number": last.number + 1, "ms": 3_600_000})  # fmt: skip
    with world.parts.database.transaction() as db:
        db.add(
            LedgerEntry(
                id="0" * 26, prev_hash=last.hash, hash=line_hash(line, last.hash),
                **{name: getattr(line, name) for name in Line.__struct_fields__},
            )
        )  # fmt: skip
    found = world.found()
    assert (found.table, found.record) == ("ledger_entry", "0" * 26)
    assert "not in the log" in str(found)


def _forge(world: World, *, has_keys: bool = True, **values: object) -> str:
    """A further entry with a right chain, entered by whoever has the server's keys, or not."""
    last = world.entries()[-1]
    line = Line(**{name: getattr(last, name) for name in Line.__struct_fields__} | {
        "number": last.number + 1, **values})  # fmt: skip
    made, database = new_id(world.parts.clock.now()), world.parts.database
    with database.transaction() if has_keys else Session(database.engine) as db:
        db.add(
            LedgerEntry(
                id=made, prev_hash=last.hash, hash=line_hash(line, last.hash),
                **{name: getattr(line, name) for name in Line.__struct_fields__},
            )
        )  # fmt: skip
        translog.enter(db, Kind.LEDGER_ENTRY, made, line_bytes(line, last.hash))
        db.commit()
    return made


@pytest.mark.parametrize("is_placed", [False, True])
def test_what_the_databases_owner_enters_has_no_seal(world: World, *, is_placed: bool) -> None:
    """The chain is right, the log takes it, and nothing else could tell: it wants the key."""
    with Session(world.parts.database.engine) as db:
        audit.record(db, "study.time_granted", now=world.parts.clock.now(), actor_id=None, ms=1)
        db.commit()
    if is_placed:
        world.sequence()
    found = world.found()
    assert (found.table, found.field) == ("audit_event", "salt")
    assert "not entered by this server" in str(found)


def test_ten_hours_entered_by_the_databases_owner_have_no_seal(world: World) -> None:
    made = _forge(world, has_keys=False, kind="correction", ms=36_000_000, reason="补记")
    world.sequence()
    found = world.found()
    assert (found.record, found.field) == (made, "salt")


def test_ten_hours_given_by_nobody_are_more_than_the_servers_clock_ran(world: World) -> None:
    _forge(world, kind="correction", ms=36_000_000, reason="补记", evidence_hash="0" * 64)
    found = world.found()
    assert (found.table, found.field) == ("ledger_entry", "ms")
    assert "36090000 ms are confirmed, but sessions were open for" in str(found)


def test_a_second_that_no_decision_gave_is_named(world: World) -> None:
    last = world.entries()[-1]
    made = _forge(world, kind="correction", ms=1000, reason="补记", author_id=last.learner_id)
    found = world.found()
    assert (found.table, found.record) == ("ledger_entry", made)
    assert "no decision stands behind" in str(found)


def test_a_release_that_no_check_gave_is_named(world: World) -> None:
    last = world.entries()[-1]
    with world.parts.database.reading() as db:
        session = db.get_one(StudySession, last.session_id)
        *_, stood = evidence.standings_of(db, world.parts.vault, session)
    made = _forge(world, ms=1, evidence_hash=binding("", last.session_id, stood))
    found = world.found()
    assert made in str(found)
    assert "the check" in (found.field or "")


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_session_that_the_ledger_names_cannot_vanish(world: World, *, is_kept: bool) -> None:
    """Gone with its reports; or said to be open still, and only the reports are gone."""
    session_id = world.entries()[0].session_id
    with world.parts.database.transaction() as db:
        for table in (StudyBatch, StudyEvidence, PendingPiece, StudyCut):
            db.execute(delete(table).where(table.session_id == session_id))
        if is_kept:
            db.get_one(StudySession, session_id).closed_at = None
    if not is_kept:
        _without_references(world, delete(StudySession).where(StudySession.id == session_id))
    found = world.found()
    assert session_id in found.record
    assert "missing" in str(found) or "do not give" in str(found)


def _without_references(world: World, statement: Executable) -> None:
    """Run one statement as the owner of the database, to whom references are no hindrance."""
    database = world.parts.database
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            connection.rollback()
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(statement)
        connection.commit()
        connection.invalidate()


def test_a_chain_rewritten_from_a_point_on_shows_at_that_point(world: World) -> None:
    entries = world.entries()
    head = entries[0].hash
    for place, entry in enumerate(entries[1:]):
        line = Line(**{name: getattr(entry, name) for name in Line.__struct_fields__} | {
            "ms": entry.ms + (1000 if place == 0 else 0)})  # fmt: skip
        own = line_hash(line, head)
        world.alter(entry, ms=line.ms, prev_hash=head, hash=own)
        head = own
    found = world.found()
    assert entries[1].id in found.record
    assert "rewritten" in str(found)


@pytest.mark.parametrize("name", ["settings", "effective_from", "author_id", "number"])
def test_an_altered_revision_of_a_policy_is_named(world: World, name: str) -> None:
    parts = world.parts
    change = NewRevision(
        scope=Scope.PLATFORM, scope_id="all", settings={"daily_cap_s": 28_800},
        basis=Basis("川人社规"), effective_from=None, note="",
    )  # fmt: skip
    author = world.entries()[0].learner_id
    with parts.database.transaction() as db:
        made = policies.publish(db, change, author_id=author, now=parts.clock.now()).revision_id
    world.sequence()
    assert world.find() is None
    row = world.first(select(PolicyRevision).where(PolicyRevision.id == made))
    wrong = {"settings": {"daily_cap_s": 86_400}, "author_id": None, "number": 99}
    wrong["effective_from"] = row.effective_from - dt.timedelta(days=30)
    world.alter(row, **{name: wrong[name]})
    found = world.found()
    assert (found.table, found.record, found.field) == ("policy_revision", made, name)
    tamper(parts.database, delete(PolicyRevision).where(PolicyRevision.id == made))
    assert "is missing" in str(world.found())


def test_a_leaf_taken_out_or_added_shows(world: World) -> None:
    tamper(world.parts.database, delete(LogLeaf).where(LogLeaf.position == 5))
    found = world.found()
    assert (found.table, found.record) == ("log_leaf", "position 5")


def test_evidence_that_gives_another_total_shows(world: World) -> None:
    batch = world.first(select(StudyBatch).where(StudyBatch.credited_ms > 0))
    world.alter(batch, credited_ms=batch.credited_ms - 1)
    found = world.found()
    assert (found.table, found.field) == ("study_batch", "credited_ms or reading")


def test_a_report_of_an_open_session_is_looked_at_too(world: World) -> None:
    world.player.play(0, 1000)
    assert world.find() is None
    batch = world.first(select(StudyBatch).order_by(StudyBatch.session_id.desc()))
    assert batch.session_id == world.player.session_id
    world.alter(batch, body=batch.body.replace(b"1000", b"1001", 1))
    found = world.found()
    assert (found.table, found.field) == ("study_batch", "body or head")
    assert batch.session_id in found.record


def test_records_from_before_the_log_are_entered_by_the_migration(world: World) -> None:
    with world.parts.database.engine.connect() as connection:
        configuration = Config("alembic.ini")
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "5d0c1f6a27be")
        connection.commit()
        command.upgrade(configuration, "head")
        connection.commit()
    assert world.find() is None  # all wait
    world.sequence()
    assert world.find() is None
    with world.parts.database.reading() as db:
        assert len(list(db.scalars(select(LogLeaf)))) > 260


def test_the_command_says_it_and_fails(world: World, monkeypatch, capsys) -> None:
    monkeypatch.setattr(cli_log, "build_parts", lambda _settings: world.parts)
    arguments = argparse.Namespace(without_evidence=False)
    assert cli_log.verify(arguments) == 0
    assert "nothing differs" in capsys.readouterr().out
    world.alter(world.entries()[0], ms=1)
    assert cli_log.verify(arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith("DIFFERENT: ledger_entry, record ")
    assert "ms" in told
