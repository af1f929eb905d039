"""Media over HTTP from a real server: what is sent, and what of it counts (R6)."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from app.api.ranges import Span
from app.api.v1.media import SentResponse
from app.core.clock import SettableClock
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.services.media import Place, resolve
from app.learning.services.media_notes import MediaNotes
from app.lobby.parts import Parts
from tests import loops
from tests.courses import MadeCourse, lengthen, make_course
from tests.integration.learning.sending import (
    Wire,
    change_asset,
    cut_in_pieces,
    medium_of,
    on_the_wire,
    settled,
    shown,
)
from tests.player import Player, enrolled
from tests.tampering import alter

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHUNK = 256 * 1024
LARGE = 96 * 1024 * 1024


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    calm = {"presence_gap_s": None, "identity_gap_s": [3600, 3600], "idle_timeout_s": 86_400}
    return make_course(parts, **calm)


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse) -> Player:
    return enrolled(client, parts, clock, course.course_id)


@pytest.fixture
def wire(parts: Parts, player: Player) -> Iterator[Wire]:
    assert player.enrolment_id
    with on_the_wire(parts) as opened:
        yield opened


def _film(player: Player, course: MadeCourse) -> str:
    url: str = medium_of(player.open(course.video_id), course.video_id)["url"]
    return url


def test_what_costs_nothing_counts_nothing(wire: Wire, player: Player, course: MadeCourse) -> None:
    url = _film(player, course)
    head = wire.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "6000", b"")
    assert head.headers["accept-ranges"] == "bytes"
    one = wire.get(url, range="bytes=0-0")
    assert (one.status_code, one.headers["content-range"]) == (206, "bytes 0-0/6000")
    beyond = wire.get(url, range="bytes=6000-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */6000")
    etag = head.headers["etag"]
    known = wire.get(url, **{"if-none-match": etag})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    assert shown(wire.parts, player) == ()


def test_ranges_add_up_to_what_they_hold(wire: Wire, player: Player, course: MadeCourse) -> None:
    url = _film(player, course)
    first = wire.get(url, range="bytes=0-1999")
    assert (first.status_code, len(first.content)) == (206, 2000)
    assert shown(wire.parts, player) == ((0, 30_000),)
    tail = wire.get(url, range="bytes=-2000")
    assert tail.headers["content-range"] == "bytes 4000-5999/6000"
    assert shown(wire.parts, player) == ((0, 30_000), (60_000, 90_000))
    assert wire.get(url, range="bytes=2000-3499").status_code == 206
    assert shown(wire.parts, player) == ((0, 30_000), (60_000, 90_000))
    assert wire.get(url, range="bytes=2900-").status_code == 206
    assert shown(wire.parts, player) == ((0, 90_000),)


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=0-99,200-299"},
        {"range": "bytes=0-99", "if-range": '"of an older film"'},
        {"range": "bytes=99-0"},
    ],
)
def test_what_is_not_one_valid_range_gets_the_whole(
    wire: Wire, player: Player, course: MadeCourse, headers: dict[str, str]
) -> None:
    answer = wire.get(_film(player, course), **headers)
    assert (answer.status_code, len(answer.content)) == (200, 6000)
    assert "content-range" not in answer.headers
    assert shown(wire.parts, player) == ((0, 90_000),)


def test_a_range_of_the_very_same_film_is_sent(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    url = _film(player, course)
    etag = wire.head(url).headers["etag"]
    answer = wire.get(url, **{"range": "bytes=0-1999", "if-range": etag})
    assert (answer.status_code, len(answer.content)) == (206, 2000)


def _make_large(parts: Parts, course: MadeCourse) -> None:
    """A film whose every 256 KB are one second."""
    index = [[number * 1000, number * CHUNK] for number in range(LARGE // CHUNK)]
    key = change_asset(parts, course.video_id, size=LARGE, time_index=index)
    lengthen(parts, course.video_id, LARGE // CHUNK * 1000)
    path = parts.settings.data_dir / "objects" / key
    with path.open("r+b") as file:
        file.truncate(LARGE)


def test_who_hangs_up_midway_has_what_left_and_no_more(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    """What left the server lies partly in the network's buffers, some megabytes on this machine."""
    _make_large(wire.parts, course)
    seen = wire.take_some(_film(player, course), 3 * CHUNK)
    [(start, end)] = settled(wire.parts, player)
    assert start == 0
    assert seen // CHUNK <= end // 1000 <= (seen + 16 * 1024 * 1024) // CHUNK
    assert end // 1000 * CHUNK < LARGE // 2


def test_an_aborted_answer_counts_to_the_piece_on_its_way(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    """Exactly: a network that takes three pieces and then no more."""
    parts = wire.parts
    _make_large(parts, course)
    url = _film(player, course)
    session_id, lesson_id, part, until, mac = _pieces_of(url)
    with parts.database.reading() as db:
        place = Place(session_id, lesson_id, part)
        now = parts.clock.now()
        medium = resolve(db, parts.keys, place, until=int(until), mac=mac, now=now)
    taken: list[int] = []

    async def abort() -> None:
        notes = MediaNotes(parts.database)
        is_stuck = asyncio.Event()

        async def send(message: Message) -> None:
            if len(taken) == 3:
                is_stuck.set()
                await asyncio.Event().wait()
            if message["type"] == "http.response.body":
                taken.append(len(message["body"]))

        async def receive() -> Message:
            await is_stuck.wait()
            return {"type": "http.disconnect"}

        span = Span(0, LARGE, LARGE, is_part=False)
        answer = SentResponse(parts, notes, medium, span, '"x"')
        await answer({"type": "http", "method": "GET"}, receive, send)
        notes.stop()

    loops.run(abort())
    assert taken == [CHUNK] * 3
    assert shown(parts, player) == ((0, 4_000),)


def _pieces_of(url: str) -> tuple[str, str, str, str, str]:
    path, _, query = url.partition("?")
    session_id, lesson_id, part = path.split("/")[-3:]
    until, mac = (each.partition("=")[2] for each in query.split("&"))
    return session_id, lesson_id, part, until, mac


def test_what_a_browser_kept_counts_and_another_session_asks_again(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    """Delivery is the enrolment's: the second session is sent nothing, and earns all the same."""
    opened = player.open(course.video_id)
    url = medium_of(opened, course.video_id)["url"]
    kept = wire.get(url)
    assert kept.headers["cache-control"] == "private, max-age=21600"
    loaded_anew = player.client.get(f"/api/v1/study-sessions/{player.session_id}").json()
    assert medium_of(loaded_anew, course.video_id)["url"] == url
    again = player.open(course.video_id)
    assert medium_of(again, course.video_id)["url"] != url
    if player.challenge is not None:
        player.pass_check()
    assert player.play(0, 15_000)["verdicts"][0]["credited_ms"] == 15_000


def test_of_a_session_that_is_superseded_in_the_middle_nothing_is_lost(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    url = _film(player, course)
    assert wire.get(url, range="bytes=0-2999").status_code == 206
    fresh = _film(player, course)
    refused = wire.get(url, range="bytes=3000-")
    assert (refused.status_code, refused.json()["code"]) == (403, "media_address")
    assert wire.get(fresh, range="bytes=3000-").status_code == 206
    assert shown(wire.parts, player) == ((0, 90_000),)


def test_an_address_ends_and_the_session_has_a_fresh_one(
    wire: Wire, player: Player, course: MadeCourse, clock: SettableClock
) -> None:
    url = _film(player, course)
    assert wire.get(url, range="bytes=0-1999").status_code == 206
    clock.advance(ms=int(timedelta(hours=8).total_seconds() * 1000))
    refused = wire.get(url, range="bytes=2000-")
    assert (refused.status_code, refused.json()["code"]) == (403, "media_address")
    told = player.client.get(f"/api/v1/study-sessions/{player.session_id}").json()
    assert told["state"] == "open"
    fresh = medium_of(told, course.video_id)["url"]
    assert wire.get(fresh, range="bytes=2000-").status_code == 206
    assert shown(wire.parts, player) == ((0, 90_000),)


def test_a_lesson_with_another_film_is_sent_anew(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    """The old film's bytes say nothing of the new one, and its address leads nowhere.

    No version that was published ever gets one; who changes it has the database in hand.
    """
    url = _film(player, course)
    assert wire.get(url).status_code == 200
    parts = wire.parts
    with parts.database.transaction() as db:
        lesson = db.get_one(Lesson, course.video_id)
        old = db.get_one(MediaAsset, lesson.asset_id)
        db.add(
            MediaAsset(
                id="Z" * 26, storage_key="new.mp4", content_type="video/mp4", size=6000,
                length_ms=old.length_ms, time_index=old.time_index, state="ready",
            )
        )  # fmt: skip
        db.flush()
    alter(parts.database, lesson, asset_id="Z" * 26)
    parts.storage.put("new.mp4", bytes(6000))
    assert wire.get(url).status_code == 403
    told = player.client.get(f"/api/v1/study-sessions/{player.session_id}").json()
    fresh = medium_of(told, course.video_id)["url"]
    assert wire.get(fresh, range="bytes=0-1999").status_code == 206
    assert shown(parts, player) == ((0, 30_000),)


def _listed(text: str) -> tuple[str, list[str]]:
    """The head's address and those of the pieces."""
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("#EXT-X-MAP")).split('"')[1]
    return head, [line for line in lines if line and not line.startswith("#")]


def test_a_bot_that_takes_only_the_list_earns_nothing(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    cut_in_pieces(wire.parts, course.video_id)
    opened = player.open(course.video_id)
    if player.challenge is not None:
        player.pass_check()
    listed = wire.get(medium_of(opened, course.video_id)["hls"])
    assert (listed.status_code, listed.headers["cache-control"]) == (200, "no-store")
    assert listed.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    head, pieces = _listed(listed.text)
    assert wire.get(head).content == b"head"
    for url in pieces:
        assert wire.head(url).headers["content-length"] == "2000"
        assert wire.get(url, range="bytes=0-0").status_code == 206
    assert shown(wire.parts, player) == ()
    told = player.play(0, 15_000)
    assert told["verdicts"][0]["cuts"] == [{"code": "not_delivered", "ms": 15_000}]


def test_a_piece_counts_when_the_whole_of_it_left(
    wire: Wire, player: Player, course: MadeCourse
) -> None:
    cut_in_pieces(wire.parts, course.video_id)
    opened = player.open(course.video_id)
    _, pieces = _listed(wire.get(medium_of(opened, course.video_id)["hls"]).text)
    assert wire.get(pieces[1]).status_code == 200
    assert shown(wire.parts, player) == ((30_000, 60_000),)
    assert wire.get(pieces[0], range="bytes=900-").status_code == 206
    assert shown(wire.parts, player) == ((30_000, 60_000),)
    assert wire.get(pieces[0], range="bytes=0-1099").status_code == 206
    assert shown(wire.parts, player) == ((0, 60_000),)
    # The rest may come as a film: whichever way, it is the same lesson.
    film = medium_of(opened, course.video_id)["url"]
    assert wire.get(film, range="bytes=4000-").status_code == 206
    assert shown(wire.parts, player) == ((0, 90_000),)


def test_pieces_are_the_sessions_own(wire: Wire, player: Player, course: MadeCourse) -> None:
    medium = medium_of(player.open(course.video_id), course.video_id)
    assert medium["hls"] is None  # it was not cut yet
    cut_in_pieces(wire.parts, course.video_id)
    url = medium_of(player.open(course.video_id), course.video_id)["hls"]
    head, pieces = _listed(wire.get(url).text)
    assert wire.get(pieces[0].replace("hls-0", "hls-1")).status_code == 403
    assert wire.get(head.replace("hls-head", "hls-0")).status_code == 403
    assert wire.get(url.replace("/hls?", "/file?")).status_code == 403
    player.open(course.video_id)
    for address in (url, head, pieces[0]):
        assert wire.get(address).json()["code"] == "media_address"
