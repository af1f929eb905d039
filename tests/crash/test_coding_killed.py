"""The worker is killed in the middle of coding a film: another begins anew and finishes it."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app import worker
from app.core import outbox, workplace
from app.learning.models.authoring import FilmWork
from app.learning.models.catalogue import MediaAsset
from app.lobby.parts import Parts
from tests.crash import house
from tests.institutions import AUTHOR, SCHOOL, found_school, writer
from tests.integration.learning.test_films_sent import PIECE, Desk, film

LENGTH_S = 90
_PATIENCE_S = 300


def _worker(parts: Parts) -> subprocess.Popen[bytes]:
    given = {
        "environment": "test", "data_dir": str(parts.settings.data_dir), "log_level": "error",
        "database_url": parts.settings.database_url,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "worker"],
        env=os.environ | {f"SHIXUE_{name}".upper(): value for name, value in given.items()},
    )


def _work(parts: Parts, asset_id: str) -> tuple[str, int]:
    with parts.database.reading() as db:
        row = db.get_one(FilmWork, asset_id)
        return row.state, row.percent


@pytest.mark.xdist_group("crash")
def test_killed_in_the_middle_the_film_is_finished_by_another(
    database_url: str, tmp_path: Path
) -> None:
    parts = house.build(database_url, tmp_path)
    parts.settings.authoring.piece_bytes = 16 * PIECE
    found_school(parts, SCHOOL, AUTHOR)
    author = writer(parts, AUTHOR)
    version_id = author.write_course()
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    body = {"kind": "video", "title": "看懂配电箱"}
    lesson_id = author.make(f"/chapters/{chapter_id}/lessons", body)
    desk = Desk(parts, author, lesson_id, version_id, 16 * PIECE)
    asset_id = desk.send(film(LENGTH_S, tmp_path))
    process = _worker(parts)
    until = time.monotonic() + _PATIENCE_S
    while not (_work(parts, asset_id)[0] == "running" and _is_coding(parts)):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert _work(parts, asset_id)[0] == "running"
    with parts.database.reading() as db:
        assert db.get_one(MediaAsset, asset_id).state == "waiting"
    assert not worker.run_one(parts, worker.CODING), "its lease has not ended"
    with parts.database.transaction() as db:
        job = db.scalars(select(outbox.OutboxJob).where(outbox.OutboxJob.state == "leased")).one()
        job.leased_until = parts.clock.now() - dt.timedelta(seconds=1)
    assert workplace.clear(parts.settings.work_dir) == 1, "what it had begun goes"
    assert worker.run_one(parts, worker.CODING)
    assert _work(parts, asset_id) == ("ready", 100)
    told = desk.lesson()
    assert told["length_ms"] == LENGTH_S * 1000
    assert parts.storage.size(f"films/{_upload(parts, asset_id)}/film.mp4.light") is not None
    author.client.__exit__(None, None, None)


def _is_coding(parts: Parts) -> bool:
    """Something of the film is written already."""
    return any(path.stat().st_size > 0 for path in parts.settings.work_dir.glob("*/film.mp4"))


def _upload(parts: Parts, asset_id: str) -> str:
    with parts.database.reading() as db:
        return db.get_one(FilmWork, asset_id).upload_id
