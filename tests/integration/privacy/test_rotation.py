"""Keys are rotated beside people who sign up and read, killed in between, and retired at last."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.certs.models import Certificate
from app.certs.services import kept_papers
from app.cli import keys as commands
from app.cli.keys import COLUMNS, RefusedError
from app.cli.log import check_everything
from app.core import log_sequencer
from app.core.clock import SettableClock
from app.core.crypto import FIELDS, OWN, Vault, b64url, from_b64url
from app.core.db import Base
from app.core.key_purposes import PURPOSES, Change
from app.identity.models.desk import ReviewCase
from app.identity.models.people import NAME, Person, PersonKey, RosterEntry
from app.identity.services import people, person_keys, roster
from app.lobby.parts import Parts
from app.oversight.services import complaints
from tests.lives import WORDS, live
from tests.people import ALICE, CAROL

MANY = 600
_TEN_MINUTES_MS = 600_000


def _newest(parts: Parts) -> str:
    return list(parts.keys.secrets(FIELDS))[-1]


def _oldest(parts: Parts) -> str:
    return next(iter(parts.keys.secrets(FIELDS)))


def _fill_roster(parts: Parts, many: int = MANY) -> None:
    """Lines of one employer, sealed with the ring's newest key."""
    now, vault = parts.clock.now(), parts.vault
    with parts.database.transaction() as db:
        db.add_all(
            RosterEntry(
                id=f"{number:026d}", org_id="0" * 26, document_index=f"{number:064d}",
                name_sealed=vault.seal(f"某{number}", context=f"roster.{NAME}"),
                document_sealed=vault.seal(ALICE.number, context="roster.person.document_number"),
                created_at=now,
            )
            for number in range(many)
        )  # fmt: skip


def _as_before_people_had_keys(parts: Parts) -> None:
    """Seal everything of everybody with the ring, as it was before."""
    ring = parts.vault
    with parts.database.transaction() as db:
        for certificate in db.scalars(select(Certificate)):
            _put_under_ring(db, parts, certificate)
        for column in COLUMNS:
            if column.owner is None:
                continue
            model = column.value.class_
            for row in db.scalars(select(model)):
                value, key = getattr(row, column.value.key), getattr(row, column.key.key)
                if value:
                    own = person_keys.vault_of(db, ring, getattr(row, column.owner.key))
                    plain = own.open_bytes(value, context=column.context(key))
                    fresh = ring.seal_bytes(plain, context=column.context(key))
                    setattr(row, column.value.key, fresh)
        db.flush()
        for case in db.scalars(select(ReviewCase)):
            case.facts = _under_ring(db, ring, case)
        db.flush()
        for key_row in db.scalars(select(PersonKey)):
            db.delete(key_row)


def _put_under_ring(db: Session, parts: Parts, certificate: Certificate) -> None:
    own = person_keys.vault_of(db, parts.vault, certificate.learner_id)
    name = kept_papers.papers_of(certificate).name
    for kind in ("pdf", "png"):
        key, context = f"certificates/{name}.{kind}", f"certificate.{kind}:{name}"
        plain = own.open_bytes(parts.storage.read(key), context=context)
        parts.storage.put(key, parts.vault.seal_bytes(plain, context=context))


def _under_ring(db: Session, ring: Vault, case: ReviewCase) -> dict:
    own, facts = person_keys.vault_of(db, ring, case.learner_id), dict(case.facts)
    for name in {"text", "contact"} & set(facts):
        plain = own.open_bytes(from_b64url(facts[name]), context=complaints.SEALED)
        facts[name] = b64url(ring.seal_bytes(plain, context=complaints.SEALED))
    return facts


@contextmanager
def _going_on(work: Callable[[], None]) -> Iterator[list[BaseException]]:
    """Do something again and again in a thread; yields what it raised."""
    stop, raised = threading.Event(), []

    def run() -> None:
        while not stop.is_set():
            try:
                work()
            except BaseException as error:  # noqa: BLE001 -- shown by the test
                raised.append(error)
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield raised
    finally:
        stop.set()
        thread.join()


def test_rotating_beside_readers_and_writers_loses_nothing(
    parts: Parts, clock: SettableClock
) -> None:
    _fill_roster(parts)
    numbers, phones, made = count(), count(13_900_000_000), []
    now = clock.now()

    def sign_up() -> None:
        with parts.database.transaction() as db:
            phone = str(next(phones))
            made.append((people.find_or_create(db, parts.vault, phone, now=now)[0], phone))

    def correct() -> None:
        number = next(numbers) % MANY
        with parts.database.transaction() as db:
            roster.correct(
                db, parts.vault, f"{number:026d}", name="改过", document_number=None, now=now
            )

    def read() -> None:
        with parts.database.reading() as db:
            found = roster.named(db, parts.vault, [f"{number:026d}" for number in range(50)])
        assert {view.name for view in found.values()} <= {
            "改过", *(f"某{number}" for number in range(50)),
        }  # fmt: skip

    with _going_on(sign_up) as a, _going_on(correct) as b, _going_on(read) as c:
        told = [line for _ in range(3) for line in commands.rotate(parts, FIELDS)]
    assert (a, b, c) == ([], [], [])
    assert any(line.startswith("roster_entry.name_sealed: ") for line in told)
    assert len(parts.keys.secrets(FIELDS)) == 4
    list(commands.reseal(parts))
    assert made
    assert next(numbers) > 0
    for key_id in list(parts.keys.secrets(FIELDS))[:-1]:
        assert commands.uses(parts, key_id) == {}
    with parts.database.reading() as db:
        seen = roster.named(db, parts.vault, [f"{number:026d}" for number in range(MANY)])
        assert all(view.name in {"改过", f"某{int(key)}"} for key, view in seen.items())
        for person_id, phone in made:
            person = db.get_one(Person, person_id)
            own = person_keys.own_vault(parts.vault, person)
            assert own.open(person.phone_sealed, context="person.phone") == phone


def test_a_key_goes_when_nothing_needs_it_and_not_before(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    life = live(client, parts, clock)
    _as_before_people_had_keys(parts)
    oldest = _oldest(parts)
    with pytest.raises(RefusedError, match="no older key"):
        list(commands.retire(parts, FIELDS, oldest))
    parts.keys.add(FIELDS, now=clock.now())
    with pytest.raises(RefusedError, match="ten minutes"):
        list(commands.retire(parts, FIELDS, oldest))
    clock.advance(ms=_TEN_MINUTES_MS)
    with pytest.raises(RefusedError, match=r"person\.name_sealed 4,.*certificate documents 2"):
        list(commands.retire(parts, FIELDS, oldest))
    list(commands.reseal(parts))
    assert commands.uses(parts, oldest) == {}
    assert list(commands.retire(parts, FIELDS, oldest)) == [f"fields: {oldest} is gone"]
    assert oldest not in parts.keys.secrets(FIELDS)
    _everything_opens(parts)
    base = f"/api/v1/certificates/{life.certificate['certificate_id']}"
    assert client.get(f"{base}/file.pdf").content == life.pdf
    log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
    assert "judged again to the same" in check_everything(parts)


def _everything_opens(parts: Parts) -> None:
    with parts.database.reading() as db:
        for column in COLUMNS:
            owner = column.key if column.owner is None else column.owner
            for key, value, whose in db.execute(select(column.key, column.value, owner)):
                if not value:
                    continue
                own = column.owner is not None
                vault = person_keys.vault_of(db, parts.vault, whose) if own else parts.vault
                assert value.startswith(OWN if own else _newest(parts).encode()), column.name
                assert vault.open_bytes(value, context=column.context(key))
        for case in db.scalars(select(ReviewCase)):
            own_vault = person_keys.vault_of(db, parts.vault, case.learner_id)
            if "text" in case.facts:
                raw = from_b64url(case.facts["text"])
                assert own_vault.open(raw, context=complaints.SEALED) == WORDS
        who = people.find_by_document(db, parts.vault, CAROL.number)
        assert who is not None


def test_every_sealed_column_and_every_purpose_is_known(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Whatever holds a value that the ring sealed is in the list: no key goes too early."""
    live(client, parts, clock)
    marks = {key_id.encode() for key_id in parts.keys.secrets(FIELDS)} | {OWN}
    found = set()
    with parts.database.reading() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)).mappings():
                found |= {
                    f"{table.name}.{name}" for name, value in row.items()
                    if isinstance(value, bytes) and value[:8] in marks
                }  # fmt: skip
    assert found <= {column.name for column in COLUMNS}
    assert len(found) >= 10
    used = {path.stem for path in parts.settings.resolved_keys_dir.glob("*.json")}
    assert used <= set(PURPOSES)


def test_killed_in_the_middle_it_goes_on_where_it_was(parts: Parts, tmp_path: Path) -> None:
    _fill_roster(parts, 3 * MANY)
    oldest = _oldest(parts)
    environment = os.environ | {
        "SHIXUE_DATABASE_URL": parts.database.url, "SHIXUE_ENVIRONMENT": "test",
        "SHIXUE_DATA_DIR": str(tmp_path / "var"),
    }  # fmt: skip
    command = [sys.executable, "-m", "app.cli", "keys", "rotate", FIELDS]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("roster_entry.name_sealed: 400"):
                break
        os.kill(running.pid, signal.SIGKILL)
    left = commands.uses(parts, oldest)
    assert 0 < left["roster_entry.name_sealed"] <= 3 * MANY - 400
    done = subprocess.run(
        [*command[:-2], "reseal"], env=environment, capture_output=True, text=True, check=True
    )
    assert f"roster_entry.name_sealed: {left['roster_entry.name_sealed']}" in done.stdout
    assert commands.uses(parts, oldest) == {}
    with parts.database.reading() as db:
        total = db.scalar(select(func.count()).select_from(RosterEntry))
        seen = roster.named(db, parts.vault, [f"{number:026d}" for number in range(200)])
    assert total == 3 * MANY
    assert all(view.name == f"某{int(key)}" for key, view in seen.items())


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_every_purpose_says_how_it_changes(parts: Parts, purpose: str) -> None:
    change, _ = PURPOSES[purpose]
    parts.keys.secret(purpose)
    if change is Change.NEVER:
        with pytest.raises(RefusedError, match="one key for ever"):
            list(commands.rotate(parts, purpose))
        return
    first = next(iter(parts.keys.secrets(purpose)))
    assert list(commands.rotate(parts, purpose))
    assert len(parts.keys.secrets(purpose)) == 2
    if change is not Change.RESEALED:
        with pytest.raises(RefusedError, match="stay"):
            list(commands.retire(parts, purpose, first))
