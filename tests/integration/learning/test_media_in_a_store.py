"""Media from an S3-compatible store: counted, flat in memory, honest when the store is down."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.storage import open_storage
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import MadeCourse, lengthen, make_course
from tests.integration.learning.sending import (
    Wire,
    change_asset,
    cut_in_pieces,
    medium_of,
    on_the_wire,
    shown,
)
from tests.player import Player, enrolled
from tests.stores import Bucket, open_bucket

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MIB = 1024 * 1024
LARGE = 1024 * MIB


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Bucket]:
    with open_bucket(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def stored(parts: Parts, bucket: Bucket, tmp_path: Path) -> Parts:
    """The house with its objects in the bucket."""
    return replace(parts, storage=open_storage(bucket.settings, tmp_path))


@pytest.fixture
def course(stored: Parts) -> MadeCourse:
    return make_course(stored, presence_gap_s=None, identity_gap_s=[3600, 3600])


@pytest.fixture
def player(stored: Parts, clock: SettableClock, course: MadeCourse) -> Iterator[Player]:
    with TestClient(create_app(stored), follow_redirects=False) as client:
        player = enrolled(client, stored, clock, course.course_id)
        yield player


@pytest.fixture
def wire(stored: Parts, player: Player) -> Iterator[Wire]:
    assert player.enrolment_id
    with on_the_wire(stored) as opened:
        yield opened


def test_a_lesson_from_a_store_earns_its_hours(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    cut_in_pieces(wire.parts, course.video_id)
    opened = player.open(course.video_id)
    player.pass_check()
    film = medium_of(opened, course.video_id)["url"]
    assert wire.get(film, range="bytes=0-1999").status_code == 206
    listed = wire.get(medium_of(opened, course.video_id)["hls"]).text
    piece = next(line for line in listed.splitlines() if "hls-1?" in line)
    assert wire.get(piece).status_code == 200
    assert shown(wire.parts, player) == ((0, 60_000),)
    assert player.play(0, 15_000)["verdicts"][0]["credited_ms"] == 15_000
    book = medium_of(opened, course.book_id)
    assert "第 1 页" in wire.get(book["pages"][0]["url"]).text


def _resident() -> int:
    """Bytes of memory that this process, house and all, holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def test_a_gigabyte_passes_through_piece_by_piece(
    wire: Wire, player: Player, course: MadeCourse, bucket: Bucket
) -> None:
    key = change_asset(wire.parts, course.video_id, size=LARGE, time_index=[])
    lengthen(wire.parts, course.video_id, 3_600_000)
    bucket.put_sparse(key, LARGE)
    url = medium_of(player.open(course.video_id), course.video_id)["url"]
    asked = {"range": f"bytes={500 * MIB}-{532 * MIB - 1}"}
    before, most, seen = _resident(), 0, 0
    with httpx.stream("GET", f"http://127.0.0.1:{wire.port}{url}", headers=asked) as answer:
        assert answer.status_code == 206
        assert answer.headers["content-range"].endswith(f"/{LARGE}")
        for chunk in answer.iter_raw():
            seen += len(chunk)
            most = max(most, _resident())
    assert seen == 32 * MIB
    assert most - before < 24 * MIB


def test_a_store_that_is_down_is_said_and_nothing_counts(
    wire: Wire, player: Player, course: MadeCourse, bucket: Bucket
) -> None:
    url = medium_of(player.open(course.video_id), course.video_id)["url"]
    bucket.go_down()
    for headers in ({}, {"range": "bytes=0-1999"}):
        answer = wire.get(url, **headers)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("storage", "10")
        assert "请过一会儿" in answer.json()["remedy"]
    assert shown(wire.parts, player) == ()


def test_a_store_that_goes_down_between_looking_and_reading_is_said_too(
    wire: Wire, player: Player, course: MadeCourse, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer has not begun when the first piece does not come: it still can say why."""
    url = medium_of(player.open(course.video_id), course.video_id)["url"]
    size = wire.parts.storage.size
    once = threading.Event()

    def looked(key: str) -> int | None:
        found = size(key)
        if not once.is_set():
            once.set()
            bucket.go_down()
        return found

    monkeypatch.setattr(wire.parts.storage, "size", looked)
    assert wire.get(url).status_code == 503
    assert shown(wire.parts, player) == ()
