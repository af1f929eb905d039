"""Notes of media in groups: durable before they are told, and never lost to another worker."""

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.db import Database
from app.core.errors import UnavailableError
from app.learning.models.study import StudySession
from app.learning.rules.chain import next_head
from app.learning.rules.coverage import Intervals
from app.learning.rules.delivery import Layout
from app.learning.services.live_ingest import LiveIngest
from app.learning.services.media import Medium
from app.learning.services.media_notes import MediaNotes, Note
from app.lobby.parts import Parts
from tests import loops
from tests.courses import MadeCourse, make_course
from tests.integration.learning.sending import shown
from tests.player import Player, enrolled

PIECES, PIECE, STEP_MS = 120, 2_000, 1_000


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    return make_course(parts, presence_gap_s=None, identity_gap_s=[3600, 3600])


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse) -> Player:
    player = enrolled(client, parts, clock, course.course_id)
    player.open(course.video_id)
    player.pass_check()
    return player


@pytest.fixture
def medium(parts: Parts, player: Player) -> Medium:
    """A film of two minutes whose every two thousand bytes are a second."""
    index = [[number * STEP_MS, number * PIECE] for number in range(PIECES)]
    with parts.database.reading() as db:
        session = db.get_one(StudySession, player.session_id)
        return Medium(
            session_id=session.id, learner_id=session.learner_id,
            enrolment_id=session.enrolment_id, lesson_id=player.lesson_id, asset_id="A" * 26,
            storage_key="x", content_type="video/mp4", offset=0, size=PIECES * PIECE,
            layout=Layout(PIECES * STEP_MS, PIECES * PIECE, index),
        )  # fmt: skip


@pytest.fixture
def workers(parts: Parts) -> Iterator[list[MediaNotes]]:
    """Two workers, each with connections of its own, as two processes have them."""
    databases = [Database(parts.database.url) for _ in range(2)]
    yield (made := [MediaNotes(database) for database in databases])
    for notes in made:
        notes.stop()
    for database in databases:
        database.close()


def _note(parts: Parts, medium: Medium, number: int) -> Note:
    return Note(medium, number * PIECE, (number + 1) * PIECE, parts.clock.now())


def test_two_workers_never_lose_each_others_notes(
    parts: Parts, player: Player, medium: Medium, workers: list[MediaNotes]
) -> None:
    """Odd and even pieces of one lesson, and others' rows besides, all at the same time."""
    other = replace(medium, lesson_id=make_course(parts, code="other").video_id)

    async def send(notes: MediaNotes, own: range) -> None:
        both = [_note(parts, each, number) for number in own for each in (medium, other)]
        await asyncio.gather(*(notes.keep(note) for note in both[: len(both) // 2]))
        for note in both[len(both) // 2 :]:
            await notes.keep(note)

    threads = [
        threading.Thread(target=loops.run, args=(send(notes, range(start, PIECES, 2)),))
        for start, notes in enumerate(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown(parts, player) == ((0, PIECES * STEP_MS),)


def test_what_is_told_is_durable_and_a_group_is_one_transaction(
    parts: Parts, player: Player, medium: Medium
) -> None:
    commits: list[int] = []
    heard: list[Intervals] = []

    def count(_connection: object) -> None:
        commits.append(1)

    event.listen(parts.database.engine, "commit", count)
    notes = MediaNotes(parts.database, lambda _, all_shown: heard.append(all_shown))

    async def send() -> None:
        await notes.keep(_note(parts, medium, 0))
        assert shown(parts, player) == ((0, STEP_MS),)
        commits.clear()
        await asyncio.gather(*(notes.keep(_note(parts, medium, n)) for n in range(1, 60)))

    loops.run(send())
    notes.stop()
    event.remove(parts.database.engine, "commit", count)
    assert shown(parts, player) == ((0, 60 * STEP_MS),)
    assert heard[-1] == ((0, 60 * STEP_MS),)
    assert len(commits) <= 10  # fifty-nine notes


def test_one_note_that_cannot_be_kept_holds_up_nobody(
    parts: Parts, player: Player, medium: Medium
) -> None:
    notes = MediaNotes(parts.database)
    lost = replace(medium, enrolment_id="0" * 26)

    async def send() -> list[object]:
        wanted = [_note(parts, each, 0) for each in (medium, lost, medium)]
        return await asyncio.gather(*(notes.keep(note) for note in wanted), return_exceptions=True)

    told = loops.run(send())
    notes.stop()
    assert [type(each) for each in told] == [type(None), UnavailableError, type(None)]
    assert shown(parts, player) == ((0, STEP_MS),)


def test_a_worker_that_ends_lets_nothing_leave_unnoted(
    parts: Parts, player: Player, medium: Medium
) -> None:
    notes = MediaNotes(parts.database)
    loops.run(notes.keep(_note(parts, medium, 0)))
    notes.stop()
    with pytest.raises(UnavailableError):
        loops.run(notes.keep(_note(parts, medium, 1)))
    assert shown(parts, player) == ((0, STEP_MS),)


def test_a_worker_that_remembers_a_session_hears_what_was_sent_in_it(
    parts: Parts, player: Player, course: MadeCourse
) -> None:
    """Without a reload: the second report is judged in memory, on what was sent after the first."""
    live = LiveIngest(parts.database, parts.vault, is_limited=False)
    notes = MediaNotes(parts.database, live.hear_of_media)
    told = player.client.get(f"/api/v1/study-sessions/{player.session_id}").json()
    [lesson] = [each for each in told["lessons"] if each["id"] == course.video_id]
    with parts.database.reading() as db:
        session = db.get_one(StudySession, player.session_id)
        key = (session.id, session.learner_id, session.enrolment_id)
    index = [[0, 0], [30_000, PIECE], [60_000, 2 * PIECE]]
    medium = Medium(
        session_id=key[0], learner_id=key[1], enrolment_id=key[2], lesson_id=lesson["id"],
        asset_id="A" * 26, storage_key="x", content_type="video/mp4", offset=0, size=3 * PIECE,
        layout=Layout(90_000, 3 * PIECE, index),
    )  # fmt: skip

    async def study() -> list[bytes | None]:
        answers = []
        loads = 0
        read = live._read  # noqa: SLF001 -- how often it reads is the point

        def counted(session_id: str, now: dt.datetime) -> object:
            nonlocal loads
            loads += 1
            return read(session_id, now)

        live._read = counted  # type: ignore[method-assign,assignment]  # noqa: SLF001
        for number in range(2):
            await notes.keep(Note(medium, number * PIECE, (number + 1) * PIECE, parts.clock.now()))
            parts.clock.advance(ms=30_000)  # type: ignore[attr-defined]
            player.t += 30_000
            body = player.batch(number * 30_000, (number + 1) * 30_000)
            mac = next_head(player.key, player.head, body)
            answers.append(
                await live.take(
                    player.session_id, previous=player.head, mac=mac, body=body,
                    now=parts.clock.now(),
                )
            )  # fmt: skip
            player.head, player.seq = mac, player.seq + 1
        assert loads == 1
        return answers

    answers = loops.run(study())
    notes.stop()
    live.stop()
    assert None not in answers
