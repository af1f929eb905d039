"""A key that cannot be made again and is lost stops the start, and says what to put back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import doctor_database
from app.core import key_marks
from app.core.clock import SettableClock
from app.core.crypto import KeyRing
from app.core.db import Database
from app.core.key_files import UnreadableKeyFileError
from app.core.key_marks import NEVER_CHANGED, LostKeyError
from app.core.settings import Settings
from app.identity.services import people
from app.lobby.parts import Parts
from app.main import build_parts
from tests.people import ALICE, prove


def _file(settings: Settings, purpose: str) -> Path:
    return settings.resolved_keys_dir / f"{purpose}.json"


def test_never_rotated_keys_are_the_marked_ones() -> None:
    assert set(NEVER_CHANGED) == {"blind_index", "answers", "recovery", "commitments"}


@pytest.mark.parametrize("purpose", NEVER_CHANGED)
def test_lost_key_is_not_made_anew_in_silence(
    parts: Parts, settings: Settings, database: Database, purpose: str
) -> None:
    prove(parts, ALICE)
    path = _file(settings, purpose)
    kept = path.read_bytes()
    path.unlink()
    assert doctor_database.look(settings, doctor_database.KEPT_KEYS)[0].remedy
    with pytest.raises(LostKeyError, match=rf"{purpose}\.json.*backup of the keys"):
        build_parts(settings, SettableClock(parts.clock.now()), database)
    assert not path.exists(), "a new one was made"
    KeyRing(settings.resolved_keys_dir, may_create=True).secret(purpose)
    with pytest.raises(LostKeyError):
        build_parts(settings, SettableClock(parts.clock.now()), database)
    found = doctor_database.look(settings, doctor_database.KEPT_KEYS)[0]
    assert (found.says, f"{purpose}.json" in found.remedy) == (f"lost: {purpose}", True)
    path.write_bytes(kept)
    assert doctor_database.look(settings, doctor_database.KEPT_KEYS)[0].remedy == ""
    again = build_parts(settings, SettableClock(parts.clock.now()), database)
    with again.database.reading() as db:
        assert people.find_by_phone(db, again.vault, ALICE.phone) is not None


def test_whoever_lost_the_key_under_a_running_process_goes_on_with_it(
    parts: Parts, settings: Settings
) -> None:
    prove(parts, ALICE)
    _file(settings, "blind_index").unlink()
    with parts.database.reading() as db:
        assert people.find_by_phone(db, parts.vault, ALICE.phone) is not None


def test_database_from_before_is_marked_at_its_next_start(
    parts: Parts, settings: Settings, database: Database
) -> None:
    with database.bulk() as connection:
        connection.execute(key_marks.KeyMark.__table__.delete())
    assert key_marks.read(database) == {}
    build_parts(settings, SettableClock(parts.clock.now()), database)
    assert set(key_marks.read(database)) == set(NEVER_CHANGED)
    marks = key_marks.read(database)
    build_parts(settings, SettableClock(parts.clock.now()), database)
    assert key_marks.read(database) == marks


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"keys": []}', b'{"keys": [{}]}'])
def test_start_with_a_file_that_holds_no_key_names_it(
    parts: Parts, settings: Settings, database: Database, content: bytes
) -> None:
    _file(settings, "blind_index").write_bytes(content)
    with pytest.raises(UnreadableKeyFileError, match=r"blind_index\.json.*backup of the keys"):
        build_parts(settings, SettableClock(parts.clock.now()), database)
    assert "blind_index.json" in doctor_database.look(settings, doctor_database.KEPT_KEYS)[0].remedy


@pytest.mark.parametrize("verb", ["role", "serve"])
def test_command_line_says_what_to_put_back(parts: Parts, settings: Settings, verb: str) -> None:
    _file(settings, "blind_index").unlink()
    own = {
        "SHIXUE_DATA_DIR": str(settings.data_dir), "SHIXUE_ENVIRONMENT": "embedded",
        "SHIXUE_DATABASE_URL": parts.database.url.replace("+psycopg", ""),
    }  # fmt: skip
    more = ["--phone", ALICE.phone, "--role", "admin"] if verb == "role" else ["--port", "8199"]
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", verb, *more], env=os.environ | own, timeout=120,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "blind_index.json" in done.stderr
    assert "Traceback" not in done.stderr
