"""A full disk: nothing is half written, whoever comes is told when again, and then it goes on."""

import logging
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import event, text
from starlette.testclient import TestClient

from app.core import logging as logs
from app.core.errors import UnavailableError
from app.core.settings import StorageSettings
from app.core.storage import open_storage
from app.lobby.parts import Parts
from app.main import create_app
from tests.crash import house
from tests.people import csrf

_COMPLAINT = {"contact": "13800000009", "text": "听不清讲解的声音"}
_FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$"""


@contextmanager
def _short_files(_parts: Parts | None = None) -> Iterator[None]:
    """No file of this process may grow or be written beyond its first page."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _no_more_pages(parts: Parts) -> Iterator[None]:
    """SQLite's own bound: it says the same as where the disk has no room."""

    def bound(connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are

    def free(connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    event.listen(parts.database.engine, "begin", bound)
    yield
    event.remove(parts.database.engine, "begin", bound)
    event.listen(parts.database.engine, "begin", free)


@contextmanager
def _full_server(parts: Parts) -> Iterator[None]:
    """What PostgreSQL says of a full disk, said by a trigger at every new row."""
    tables = ("study_batch", "review_case")
    with parts.database.bulk() as connection:
        connection.execute(text(_FULL))
        for table in tables:
            connection.execute(
                text(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION is_full()")
            )
    yield
    with parts.database.bulk() as connection:
        connection.execute(text("DROP FUNCTION is_full() CASCADE"))


@pytest.mark.parametrize(
    ("database_url", "full"),
    [
        ("sqlite", _short_files),
        ("sqlite", _no_more_pages),
        pytest.param("postgres", _full_server, marks=pytest.mark.postgres),
    ],
    indirect=["database_url"],
)
def test_what_cannot_be_written_is_taken_when_there_is_room(
    database_url: str, full: Callable[[Parts], AbstractContextManager[None]], tmp_path: Path
) -> None:
    parts = house.build(database_url, tmp_path)
    (learner,) = house.settle(parts, 1)
    with TestClient(create_app(parts)) as client:
        headers = csrf(client)
        learner.begin()
        played = _until_refused(client, learner, full(parts))
        assert played > 0
        assert (
            client.post("/api/v1/complaints", json=_COMPLAINT, headers=headers).status_code == 201
        )
        time.sleep(0.05)
        body, signed = learner.report(played + 50)
        learner.hear(client.post(learner.address, content=body, headers=signed).json())
    house.check_whole(parts, learner)
    house.confirm(parts, learner.who)
    house.verify(parts, [learner])
    parts.database.close()


def _until_refused(client: TestClient, learner, full: AbstractContextManager[None]) -> int:
    """Study until the disk is full, be refused, and send the same bytes when there is room."""
    headers = csrf(client)
    with full:
        for played in range(20, 20_000, 20):
            time.sleep(0.02)
            body, signed = learner.report(played)
            answer = client.post(learner.address, content=body, headers=signed)
            if answer.status_code != 200:
                break
            learner.hear(answer.json())
        for again in (answer, client.post(learner.address, content=body, headers=signed)):
            assert (again.status_code, again.json()["code"]) == (503, "database_away")
            assert int(again.headers["retry-after"]) > 0
        assert client.get("/healthz").status_code == 200
        others = (
            client.post("/api/v1/complaints", json=_COMPLAINT, headers=headers) for _ in range(200)
        )  # a page may have room left for a few
        assert any(other.status_code == 503 for other in others)
    learner.hear(client.post(learner.address, content=body, headers=signed).json())
    return played


def test_an_object_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    storage = open_storage(StorageSettings(), tmp_path)
    storage.put("film", b"as it was")
    with _short_files(), pytest.raises(UnavailableError):
        storage.put("film", b"x" * 1_000_000)
    assert storage.read("film") == b"as it was"
    with _short_files(), pytest.raises(UnavailableError):
        storage.put("other", b"x" * 1_000_000)
    assert storage.size("other") is None
    storage.put("other", b"x" * 1_000_000)
    assert storage.size("other") == 1_000_000


def test_a_log_that_cannot_be_written_stops_nobody(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    with suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stderr", full)
        logs.configure("info")
        try:
            with TestClient(create_app(parts)) as client:
                assert client.get("/healthz").status_code == 200
                assert client.post("/api/v1/complaints", json=_COMPLAINT).status_code == 201
        finally:
            root.handlers[:], root.level = before
