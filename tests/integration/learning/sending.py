"""A lesson's medium at a real server's address, and what the house remembers of its sending."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from app.cli.beside import free_port, serving
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.study import StudySession
from app.learning.rules.coverage import Intervals
from app.learning.services import media
from app.lobby.parts import Parts
from tests.courses import PIECE
from tests.player import Player


@dataclass(frozen=True, slots=True)
class Wire:
    """A server on a real port: aborts and half answers are what they are outside."""

    parts: Parts
    port: int

    def get(self, url: str, **headers: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{url}", headers=headers, timeout=60)

    def head(self, url: str, **headers: str) -> httpx.Response:
        return httpx.head(f"http://127.0.0.1:{self.port}{url}", headers=headers, timeout=60)

    def take_some(self, url: str, wanted: int) -> int:
        """Read so many bytes of an answer and hang up; tells how many came."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
            line.sendall(f"GET {url} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            seen = 0
            while seen < wanted:
                seen += len(line.recv(16 * 1024))
            return seen


@contextmanager
def on_the_wire(parts: Parts) -> Iterator[Wire]:
    port = free_port()
    with serving(parts, port):
        yield Wire(parts, port)


def shown(parts: Parts, player: Player) -> Intervals:
    """The moments of the open lesson that were sent so far."""
    with parts.database.reading() as db:
        session = db.get_one(StudySession, player.session_id)
        return media.delivered(db, session.learner_id, session.enrolment_id, player.lesson_id)


def settled(parts: Parts, player: Player) -> Intervals:
    """The same, once nothing more is being sent."""
    before = shown(parts, player)
    for _ in range(100):
        time.sleep(0.3)
        after = shown(parts, player)
        if after == before:
            return after
        before = after
    raise AssertionError("it never ends")


def medium_of(opened: dict[str, Any], lesson_id: str) -> dict[str, Any]:
    """What an opened session says of a lesson's medium."""
    found = next(each for each in opened["lessons"] if each["id"] == lesson_id)
    told: dict[str, Any] = found["media"]
    return told


def change_asset(parts: Parts, lesson_id: str, **changes: object) -> str:
    """Change what is known of a lesson's medium; tells its key."""
    with parts.database.transaction() as db:
        asset = db.get_one(MediaAsset, db.get_one(Lesson, lesson_id).asset_id)
        for name, value in changes.items():
            setattr(asset, name, value)
        return asset.storage_key


def cut_in_pieces(parts: Parts, lesson_id: str) -> None:
    """Three pieces of half a minute beside the film of the tests."""
    index = [[0, 0], [30_000, PIECE], [60_000, 2 * PIECE]]
    key = change_asset(parts, lesson_id, hls={"index": index, "size": 3 * PIECE})
    for part, content in (("hls-head", b"head"), *((f"hls-{n}", bytes(PIECE)) for n in range(3))):
        parts.storage.put(media.piece_key(key, part), content)
