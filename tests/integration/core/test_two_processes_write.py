"""Two processes write to one SQLite file: who waits begins as soon as the other has ended."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core import db as core_db
from app.core.db import Database
from app.core.errors import UnavailableError

HELD_S = 0.14  # SQLite's own looks come after 0.128 and 0.178 s


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'two.db'}"


def _lateness_s(mine: Database, others: Database) -> float:
    begun, ended = threading.Event(), 0.0

    def hold() -> None:
        nonlocal ended
        with others.transaction():
            begun.set()
            time.sleep(HELD_S)
        ended = time.monotonic()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait()
    with mine.transaction():
        came = time.monotonic()
    thread.join()
    return came - ended


def test_who_waits_begins_within_milliseconds(file: str) -> None:
    mine, others = Database(file), Database(file)
    late = min(_lateness_s(mine, others) for _ in range(8))
    assert late < 0.02
    mine.close()
    others.close()


def test_who_waits_too_long_is_told_so(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_db, "MOST_WAIT_S", 0.2)
    mine, others = Database(file), Database(file)
    with others.transaction(), pytest.raises(UnavailableError), mine.transaction():
        pass
    with mine.transaction() as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 30_000
    mine.close()
    others.close()
