"""Transactions lose nothing and readers do not write, on both engines."""

import threading
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.core.db import Base, Database
from app.core.flags import Switch, SwitchState, is_on, throw
from app.core.ratelimit import RateCount
from app.main import build_parts, create_app
from tests.conftest import START, settings_of
from tests.databases import SqliteFiles
from tests.people import csrf


def test_no_update_is_lost_between_threads(database: Database) -> None:
    with database.transaction() as db:
        db.add(RateCount(key="k", count=0, ends_at=START))

    def count_up() -> None:
        for _ in range(25):
            with database.transaction() as db:
                row = db.get_one(RateCount, "k", with_for_update=True)
                row.count += 1

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as db:
        assert db.get_one(RateCount, "k").count == 100


def test_an_exception_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as db:
        db.add(RateCount(key="k", count=1, ends_at=START))
        db.flush()
        raise RuntimeError
    with database.reading() as db:
        assert db.get(RateCount, "k") is None


def test_a_read_session_refuses_to_write(database: Database) -> None:
    with database.reading() as db:
        db.add(RateCount(key="k", count=1, ends_at=START))
        with pytest.raises(RuntimeError, match="cannot write"):
            db.flush()


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as writer:
        writer.add(RateCount(key="k", count=1, ends_at=START))
        writer.flush()
        with database.reading() as reader:
            assert reader.get(RateCount, "k") is None


def test_times_come_back_aware(database: Database) -> None:
    with database.transaction() as db:
        db.add(RateCount(key="k", count=1, ends_at=START))
    with database.reading() as db:
        assert db.get_one(RateCount, "k").ends_at == START


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="zone"), database.transaction() as db:
        db.add(RateCount(key="k", count=1, ends_at=START.replace(tzinfo=None)))
        db.flush()


def test_switches(database: Database) -> None:
    with database.transaction() as db:
        assert not is_on(db, Switch.NO_ISSUANCE)
        throw(db, Switch.NO_ISSUANCE, reason="试一下", now=START, actor_id=None)
    with database.reading() as db:
        assert is_on(db, Switch.NO_ISSUANCE)
        assert db.get_one(SwitchState, "no_issuance").changed_at == START


def test_every_table_follows_the_house_naming() -> None:
    assert all(name == name.lower() and not name.endswith("s_") for name in Base.metadata.tables)


@pytest.fixture
def one_writer(sqlite_databases: SqliteFiles) -> Iterator[Database]:
    """SQLite, where writers wait for each other, and here not for long."""
    with sqlite_databases.lent() as url:
        opened = Database(url, most_wait_s=0.05)
        yield opened
        opened.close()


def test_one_stuck_writer_is_said_and_nobody_hangs(one_writer: Database, tmp_path, clock) -> None:
    database = one_writer
    settings = settings_of(database.url, tmp_path)
    with TestClient(create_app(build_parts(settings, clock, database))) as client:
        assert client.get("/api/v1/readyz").status_code == 200
        headers = csrf(client)
        with database.transaction():
            time.sleep(0.1)
            ready = client.get("/api/v1/readyz")
            assert (ready.status_code, ready.json()["code"]) == (503, "stalled")
            body = {"contact": "13800000009", "text": "听不清讲解的声音"}
            said = client.post("/api/v1/complaints", json=body, headers=headers)
            assert (said.status_code, said.json()["code"]) == (503, "busy")
        assert client.get("/api/v1/readyz").status_code == 200
        assert client.post("/api/v1/complaints", json=body, headers=headers).status_code == 201
