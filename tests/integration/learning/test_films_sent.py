"""A film is sent in pieces over a bad line, coded by the worker, and earns hours in either form."""

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from starlette.testclient import TestClient

from app import worker
from app.core import outbox
from app.core.clock import SettableClock
from app.learning.models.authoring import FilmPiece, FilmUpload
from app.learning.models.catalogue import MediaAsset
from app.learning.models.study import MediaDelivery
from app.learning.providers import recoding
from app.learning.repository import authoring as rows
from app.learning.rules.coverage import unpack
from app.learning.services import coding, film_sweep
from app.lobby.parts import Parts
from tests.institutions import (
    AUTHOR,
    COLLEAGUE,
    OTHER_SCHOOL,
    SCHOOL,
    Writer,
    fill_bank,
    found_school,
    writer,
)
from tests.jobs import claimed
from tests.people import ALICE, MALLORY, csrf, sign_in, verify
from tests.player import choose_questions

PIECE = 64 * 1024
CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:04.000\n先<b>断电</b>\n\n00:05.000 --> 00:09.000\n再验电\n"


@cache
def film(seconds: int, folder: Path) -> bytes:
    """A real film of a phone: H.264 in MP4, its table of contents at the end, with sound."""
    path = folder / "sent.mov"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi",
        "-i", f"testsrc2=size=320x240:rate=15:duration={seconds}",
        "-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


@dataclass(slots=True)
class Desk:
    parts: Parts
    author: Writer
    lesson_id: str
    version_id: str
    piece: int = PIECE

    def lesson(self) -> dict[str, Any]:
        chapters = self.author.draft(self.version_id)["chapters"]
        found: dict[str, Any] = chapters[0]["lessons"][-1]
        return found

    def announce(self, content: bytes, name: str = "断电.mov") -> dict[str, Any]:
        body = {"name": name, "size": len(content)}
        path = f"/lessons/{self.lesson_id}/uploads"
        found: dict[str, Any] = self.author.call("POST", path, body, wanted=201)
        return found

    def put(self, upload_id: str, number: int, content: bytes, *, wanted: int = 200) -> Any:
        piece = content[number * self.piece : (number + 1) * self.piece]
        return self.put_raw(upload_id, number, piece, hashlib.sha256(piece).hexdigest(), wanted)

    def put_raw(self, upload_id: str, number: int, piece: bytes, name: str, wanted: int) -> Any:
        answer = self.author.client.put(
            f"/api/v1/authoring/uploads/{upload_id}/pieces/{number}", content=piece,
            headers=csrf(self.author.client) | {"x-piece-hash": name},
        )  # fmt: skip
        assert answer.status_code == wanted, answer.text
        return answer.json()

    def send(self, content: bytes) -> str:
        """All of a film; returns its asset's id."""
        upload = self.announce(content)
        for number in range(upload["pieces"]):
            self.put(upload["upload_id"], number, content)
        path = f"/uploads/{upload['upload_id']}/completion"
        return str(self.author.call("POST", path, wanted=200)["asset_id"])


@pytest.fixture
def desk(parts: Parts) -> Iterator[Desk]:
    parts.settings.authoring.piece_bytes = PIECE
    found_school(parts, SCHOOL, AUTHOR, COLLEAGUE)
    author = writer(parts, AUTHOR)
    version_id = author.write_course()
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    body = {"kind": "video", "title": "看懂配电箱"}
    lesson_id = author.make(f"/chapters/{chapter_id}/lessons", body)
    yield Desk(parts, author, lesson_id, version_id)
    author.client.__exit__(None, None, None)


def test_pieces_come_in_any_order_and_go_on_after_the_line_broke(
    desk: Desk, tmp_path: Path
) -> None:
    content = film(6, tmp_path)
    upload = desk.announce(content)
    upload_id, count = upload["upload_id"], upload["pieces"]
    assert count > 3
    desk.put(upload_id, count - 1, content)
    desk.put(upload_id, 0, content)
    desk.put(upload_id, 0, content)
    desk.put_raw(upload_id, 1, content[PIECE : 2 * PIECE - 1], "0" * 64, 422)
    desk.put_raw(upload_id, 1, content[PIECE : 2 * PIECE], "0" * 64, 422)
    desk.put_raw(upload_id, count, b"x", "0" * 64, 422)
    desk.author.call("POST", f"/uploads/{upload_id}/completion", wanted=409)
    # Another page of the same browser, or another device: the same file goes on where it was.
    again = desk.announce(content)
    assert (again["upload_id"], again["received"]) == (upload_id, [0, count - 1])
    for number in set(range(count)) - set(again["received"]):
        desk.put(upload_id, number, content)
    desk.author.call("POST", f"/uploads/{upload_id}/completion", wanted=200)
    assert desk.lesson()["film"]["state"] == "waiting"
    worker.drain(desk.parts)
    told = desk.lesson()
    assert told["film"] == {
        "asset_id": told["film"]["asset_id"], "state": "ready", "percent": 100, "problem": "",
        "has_light": True, "heard_at": told["film"]["heard_at"],
    }  # fmt: skip
    assert told["length_ms"] == 6000
    with desk.parts.database.reading() as db:
        asset = db.get_one(MediaAsset, told["film"]["asset_id"])
        assert [ms for ms, _ in asset.time_index] == [0, 2000, 4000]
        assert [ms for ms, _ in (asset.hls or {})["index"]] == [0, 4000]
        assert asset.light is not None
        assert asset.light["size"] < asset.size
    assert desk.parts.storage.size(f"uploads/{upload_id}/0") is None, "what was sent is gone"


def test_what_is_no_film_is_refused_whatever_its_name(desk: Desk, tmp_path: Path) -> None:
    text = b"#EXTM3U\nfile:///etc/passwd\n" + bytes(PIECE)
    upload = desk.announce(text, "list.mp4")
    problem = desk.put(upload["upload_id"], 0, text, wanted=422)
    assert problem["code"] == "not_a_film"
    assert problem["remedy"]
    # It begins like one and is none: found by reading it, told in a sentence, no try wasted.
    torn = film(6, tmp_path)[:PIECE] + bytes(PIECE)
    desk.send(torn)
    worker.drain(desk.parts)
    told = desk.lesson()["film"]
    assert told["state"] == "failed"
    assert "请" in told["problem"]
    missing = [each["sentence"] for each in desk.author.draft(desk.version_id)["shortfalls"]]
    assert any(told["problem"] in sentence for sentence in missing)
    desk.author.call("POST", f"/lessons/{desk.lesson_id}/coding")
    assert desk.lesson()["film"]["state"] == "waiting"


def test_limits_are_told_before_a_byte_is_sent(desk: Desk) -> None:
    desk.parts.settings.authoring.film_bytes = 2**20
    path = f"/lessons/{desk.lesson_id}/uploads"
    big = {"name": "a.mp4", "size": 2**20 + 1}
    problem = desk.author.call("POST", path, big, wanted=422)
    assert (problem["code"], problem["errors"][0]["field"]) == ("film_too_large", "/size")
    desk.parts.settings.authoring.waiting_bytes = 2**20
    desk.author.call("POST", path, {"name": "a.mp4", "size": 2**19}, wanted=201)
    chapter_id = desk.author.draft(desk.version_id)["chapters"][0]["chapter_id"]
    other = desk.author.make(
        f"/chapters/{chapter_id}/lessons", {"kind": "video", "title": "又一节"}
    )
    second = {"name": "b.mp4", "size": 2**19 + 1}
    problem = desk.author.call("POST", f"/lessons/{other}/uploads", second, wanted=409)
    assert problem["code"] == "quota"


def test_coding_that_is_cancelled_in_the_middle_can_be_asked_for_again(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = desk.send(film(6, tmp_path))
    real = recoding.code

    def interrupted(folder: Path, hear: recoding.Hear) -> recoding.Coded:
        desk.author.call("DELETE", f"/lessons/{desk.lesson_id}/coding")
        desk.parts.clock.advance(ms=10_000)  # type: ignore[attr-defined]
        return real(folder, hear)

    monkeypatch.setattr(coding.recoding, "code", interrupted)
    worker.drain(desk.parts)
    assert desk.lesson()["film"]["state"] == "cancelled"
    monkeypatch.setattr(coding.recoding, "code", real)
    desk.author.call("POST", f"/lessons/{desk.lesson_id}/coding")
    worker.drain(desk.parts)
    told = desk.lesson()["film"]
    assert (told["asset_id"], told["state"]) == (asset_id, "ready")


def test_captions_are_read_and_nothing_else_of_them_is_kept(desk: Desk, tmp_path: Path) -> None:
    path = f"/lessons/{desk.lesson_id}/captions"
    desk.author.call("PUT", path, {"text": CAPTIONS}, wanted=409)
    desk.send(film(6, tmp_path))
    worker.drain(desk.parts)
    late = CAPTIONS.replace("00:05.000", "00:07.000")
    problem = desk.author.call("PUT", path, {"text": late}, wanted=422)
    assert "第 6 行" in problem["detail"]
    desk.author.call("PUT", path, {"text": CAPTIONS})
    assert desk.lesson()["has_captions"]
    desk.author.call("PUT", path, {"text": ""})
    assert not desk.lesson()["has_captions"]


def test_film_pieces_and_light_form_show_the_same_moments(
    desk: Desk, client: TestClient, tmp_path: Path
) -> None:
    desk.send(film(6, tmp_path))
    worker.drain(desk.parts)
    desk.author.call("PUT", f"/lessons/{desk.lesson_id}/captions", {"text": CAPTIONS})
    fill_bank(desk.parts, desk.version_id)
    for _ in range(4):
        desk.author.call("POST", f"/lessons/{desk.lesson_id}/move", {"to": "up"})
    desk.author.call("POST", f"/versions/{desk.version_id}/submission")
    colleague = writer(desk.parts, COLLEAGUE)
    colleague.call("POST", f"/versions/{desk.version_id}/review", {"publishes": True})
    colleague.client.__exit__(None, None, None)
    sign_in(client, desk.parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    course_id = desk.author.draft(desk.version_id)["course_id"]
    made = client.post("/api/v1/enrolments", json={"course_id": course_id}, headers=csrf(client))
    body = {"enrolment_id": made.json()["id"], "lesson_id": desk.lesson_id}
    opened = client.post("/api/v1/study-sessions", json=body, headers=csrf(client))
    assert opened.status_code == 201, opened.text
    lessons = opened.json()["lessons"]
    media = next(each["media"] for each in lessons if each["id"] == desk.lesson_id)
    said = client.get(media["captions"])
    assert said.headers["content-type"].startswith("text/vtt")
    assert "先断电" in said.text
    assert "<b>" not in said.text
    assert client.get(media["light"], headers={"range": "bytes=0-0"}).status_code == 206
    assert _shown(desk.parts, desk.lesson_id) == ()
    assert client.get(media["light"]).status_code == 200
    assert _shown(desk.parts, desk.lesson_id) == ((0, 6000),)


def _shown(parts: Parts, lesson_id: str) -> tuple[tuple[int, int], ...]:
    with parts.database.reading() as db:
        found = db.query(MediaDelivery).filter(MediaDelivery.lesson_id == lesson_id).all()
        return unpack(found[0].positions) if found else ()


def test_what_nobody_goes_on_sending_is_swept_away(desk: Desk, tmp_path: Path) -> None:
    parts, content = desk.parts, film(6, tmp_path)
    clock = parts.clock
    assert isinstance(clock, SettableClock)

    def sweep() -> int:
        return film_sweep.sweep(parts.database, parts.storage, now=clock.now())

    upload_id = desk.announce(content)["upload_id"]
    desk.put(upload_id, 0, content)
    assert sweep() == 0
    assert parts.storage.size(f"uploads/{upload_id}/0") == PIECE
    clock.advance(ms=8 * 24 * 3_600_000)
    assert sweep() == 1
    assert parts.storage.size(f"uploads/{upload_id}/0") is None
    assert sweep() == 0
    with parts.database.reading() as db:
        assert db.get_one(FilmUpload, upload_id).state == "dropped"


def test_a_film_that_failed_takes_no_room_once_another_came(desk: Desk, tmp_path: Path) -> None:
    torn = film(6, tmp_path)[:PIECE] + bytes(PIECE)
    desk.send(torn)
    worker.drain(desk.parts)
    assert desk.lesson()["film"]["state"] == "failed"
    with desk.parts.database.reading() as db:
        org_id = db.query(FilmUpload).one().org_id
        assert rows.size_on_the_way(db, org_id) == len(torn)
    desk.send(film(6, tmp_path))
    worker.drain(desk.parts)
    assert desk.lesson()["film"]["state"] == "ready"
    now = desk.parts.clock.now()
    assert film_sweep.sweep(desk.parts.database, desk.parts.storage, now=now) == 1
    with desk.parts.database.reading() as db:
        assert rows.size_on_the_way(db, org_id) == 0
        assert sorted(row.state for row in db.query(FilmUpload)) == ["coded", "dropped"]
        assert db.query(FilmPiece).count() == 0


def test_a_draft_shows_its_film_to_nobody_else(
    desk: Desk, client: TestClient, tmp_path: Path
) -> None:
    """Its makers see it; a learner, a stranger and another institution do not, by any address."""
    desk.send(film(6, tmp_path))
    worker.drain(desk.parts)
    own = f"/api/v1/media/draft/{desk.lesson_id}"
    assert desk.author.client.get(f"{own}/film").status_code == 200
    assert desk.author.client.get(f"{own}/light", headers={"range": "bytes=0-9"}).status_code == 206
    assert desk.author.client.get(f"{own}/captions").status_code == 404
    assert desk.author.client.get(f"/authoring/lessons/{desk.lesson_id}/preview").status_code == 200
    found_school(desk.parts, OTHER_SCHOOL, MALLORY)
    stranger = writer(desk.parts, MALLORY)
    for path in (f"{own}/film", f"{own}/light", f"/authoring/lessons/{desk.lesson_id}/preview"):
        assert client.get(path, follow_redirects=False).status_code in (401, 303), path
        assert stranger.client.get(path).status_code == 404, path
    sign_in(client, desk.parts, ALICE)
    assert client.get(f"{own}/film").status_code == 403
    forged = f"/api/v1/media/{'0' * 26}/{desk.lesson_id}/file?until=9999999999&mac=x"
    assert client.get(forged).status_code == 403
    stranger.client.__exit__(None, None, None)


def test_a_job_in_hand_keeps_its_lease(parts: Parts, clock: SettableClock) -> None:
    with parts.database.transaction() as db:
        outbox.enqueue(db, "code_film", now=clock.now(), key="code_film:x", asset_id="x")
        assert claimed(db, now=clock.now()) is not None
    clock.advance(ms=280_000)
    with parts.database.transaction() as db:
        outbox.extend(db, "code_film:x", now=clock.now())
    clock.advance(ms=280_000)
    with parts.database.transaction() as db:
        assert claimed(db, now=clock.now()) is None
    clock.advance(ms=30_000)
    with parts.database.transaction() as db:
        assert claimed(db, now=clock.now()) is not None


def test_who_sent_a_piece_of_a_film_does_not_review_it(desk: Desk, tmp_path: Path) -> None:
    content, author = film(6, tmp_path), desk.author
    upload = desk.announce(content)
    colleague = writer(desk.parts, COLLEAGUE)
    sending = Desk(desk.parts, colleague, desk.lesson_id, desk.version_id)
    for number in range(upload["pieces"]):
        sending.put(upload["upload_id"], number, content)
    author.call("POST", f"/uploads/{upload['upload_id']}/completion", wanted=200)
    worker.drain(desk.parts)
    fill_bank(desk.parts, desk.version_id)
    author.call("POST", f"/versions/{desk.version_id}/submission")
    review = {"publishes": True, "note": "好"}
    told = colleague.call("POST", f"/versions/{desk.version_id}/review", review, wanted=403)
    assert told["code"] == "own_work"
    colleague.client.__exit__(None, None, None)
