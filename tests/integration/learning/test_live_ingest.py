"""The short way of beats gives what the plain way gives, and two workers never both gain."""

import asyncio
import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.errors import TooManyRequestsError
from app.learning.models.study import (
    LessonCoverage,
    PendingPiece,
    StudyBatch,
    StudyCut,
    StudyLearner,
    StudySession,
)
from app.learning.rules.chain import next_head
from app.learning.services import evidence, ingest
from app.learning.services.ingest import Delivery
from app.learning.services.live_ingest import LiveIngest
from app.lobby.parts import Parts
from app.main import build_parts
from tests import loops
from tests.courses import make_course
from tests.player import Player, enrolled

# Somebody who studies a while is asked, and a challenge that is not answered lapses.
CALM = {"presence_gap_s": [15, 15], "identity_gap_s": [45, 45], "daily_cap_s": 60}
TABLES = (StudyLearner, StudySession, LessonCoverage, PendingPiece, StudyBatch, StudyCut)
CHANCE = {"id", "challenge_id"}


@pytest.fixture
def player(client: TestClient, parts: Parts, clock: SettableClock) -> Player:
    """In the video lesson, with a passed check and everything fetched."""
    course = make_course(parts, **CALM)
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    return player


def _plain(parts: Parts, player: Player, head: str, body: bytes) -> tuple[int, bytes]:
    with parts.database.reading() as db:
        row = evidence.rows.get_session(db, player.session_id)
        assert row is not None
        learner_id = row.learner_id
    mac = next_head(player.key, head, body)
    given_batch = Delivery(learner_id, player.session_id, head, mac, body)
    with parts.database.transaction() as db:
        taken = ingest.take_batch(db, parts.vault, given_batch, now=parts.clock.now())
    return (200, taken.answer) if taken.answer else (409, b"")


def _live(
    live: LiveIngest, parts: Parts, player: Player, head: str, body: bytes
) -> tuple[bool, int, bytes]:
    """Whether the short way took it, and what became of it."""
    mac = next_head(player.key, head, body)

    async def take() -> bytes | None:
        return await live.take(
            player.session_id, previous=head, mac=mac, body=body, now=parts.clock.now()
        )

    answer = loops.run(take())
    if answer is not None:
        return True, 200, answer
    return False, *_plain(parts, player, head, body)


def _rows(parts: Parts) -> dict[str, list[str]]:
    """What study left in the tables, without what is drawn by chance."""
    with parts.database.reading() as db:
        return {
            table.__tablename__: sorted(
                repr(row)
                for row in db.execute(
                    select(*(c for c in table.__table__.columns if c.name not in CHANCE))
                )
            )
            for table in TABLES
        }


STEPS = st.lists(
    st.tuples(
        st.integers(3_000, 15_000),  # until the report arrives
        st.sampled_from([0, 0, 0, 0, 3_000, -5_000, -30_000]),  # how the client's clock differs
        st.sampled_from([0, 0, 0, 0, 0, -5_000, 500, 6_000]),  # from where it stands
        st.sampled_from([0, 0, 0, 0, 0, -2_000, 4_000, -15_000]),  # how much was played, likewise
        st.sampled_from([100, 100, 100, 100, 150]),
        st.sampled_from([True, True, True, True, False]),
    ),
    min_size=4,
    max_size=14,
)


def _report(player: Player, step: tuple[int, int, int, int, int, bool], told: dict) -> bytes:
    """What a page sends that goes on from the frontier, with the step's differences."""
    wait, clock, away, length, rate, is_visible = step
    told["t"] = max(0, told["t"] + wait + clock)
    start = max(0, told["frontier"] + away)
    beat = {
        "seq": told["ack_seq"] + 1, "t": told["t"], "from": start,
        "to": start + max(0, wait + length), "rate": rate, "visible": is_visible,
    }  # fmt: skip
    return json.dumps({"lesson": player.lesson_id, "beats": [beat]}).encode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_both_ways_leave_the_same(parts: Parts, player: Player, tmp_path: Path) -> None:
    """Each example begins from the same file: one database for each way."""
    start = tmp_path / "start.db"
    path = parts.database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(start)) as target:
        source.backup(target)
    begun_at = parts.clock.now()
    counts = {"short": 0, "long": 0}

    @settings(
        max_examples=30, derandomize=True, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(steps=STEPS)
    def lives(steps: list[tuple[int, int, int, int, int, bool]]) -> None:
        houses = []
        for name in ("plain", "live"):
            path = tmp_path / f"{name}.db"
            for leftover in tmp_path.glob(f"{name}.db*"):
                leftover.unlink()
            shutil.copyfile(start, path)
            changed = parts.settings.model_copy(update={"database_url": f"sqlite:///{path}"})
            houses.append(build_parts(changed, SettableClock(begun_at)))
        plain, quick = houses
        live = LiveIngest(quick.database, quick.vault, is_limited=False)
        told: dict = {"ack_seq": 0, "frontier": 0, "t": 0, "head": player.head}
        try:
            for step in steps:
                body = _report(player, step, told)
                for house in houses:
                    house.clock.advance(ms=step[0])  # type: ignore[attr-defined]
                status, answer = _plain(plain, player, told["head"], body)
                is_short, again, same = _live(live, quick, player, told["head"], body)
                counts["short" if is_short else "long"] += 1
                assert (status, _known(answer)) == (again, _known(same))
                told |= json.loads(answer or "{}")
            assert _rows(plain) == _rows(quick)
        finally:
            live.stop()
            for house in houses:
                house.database.close()

    lives()
    assert min(counts.values()) > 20, counts


def _known(answer: bytes) -> object:
    """The answer without the ids and prompts that are drawn by chance."""
    told = json.loads(answer) if answer else {}
    if told.get("challenge"):
        told["challenge"] = told["challenge"]["kind"]
    return told


async def _both(first: LiveIngest, second: LiveIngest, parts: Parts, calls: list[dict]) -> list:
    return await asyncio.gather(
        *(
            live.take(now=parts.clock.now(), **call)
            for live, call in zip((first, second), calls, strict=True)
        )
    )


def _call(player: Player, start: int, end: int) -> dict:
    body = player.batch(start, end)
    mac = next_head(player.key, player.head, body)
    return {"session_id": player.session_id, "previous": player.head, "mac": mac, "body": body}


@pytest.fixture
def workers(parts: Parts) -> Iterator[tuple[LiveIngest, LiveIngest]]:
    """Two workers of one database, each with a memory of its own."""
    pair = tuple(LiveIngest(parts.database, parts.vault, is_limited=True) for _ in range(2))
    yield pair  # type: ignore[misc]
    for live in pair:
        live.stop()


def _credited(parts: Parts) -> tuple[int, int]:
    with parts.database.reading() as db:
        query = select(func.count(), func.coalesce(func.sum(StudyBatch.credited_ms), 0))
        count, ms = db.execute(query).one()
        return count, int(ms)


def test_of_two_workers_with_one_learner_one_wins(
    parts: Parts, player: Player, workers: tuple[LiveIngest, LiveIngest]
) -> None:
    """Both remember the same moment and both are sent a batch that would follow: one is taken."""
    parts.clock.advance(ms=5_000)  # type: ignore[attr-defined]
    player.t = 5_000
    warm = [_call(player, 0, 0), _call(player, 0, 0)]
    for live, call in zip(workers, warm, strict=True):  # each reads the session once
        loops.run(live.take(now=parts.clock.now(), **(call | {"mac": "A" * 43})))
    calls = [_call(player, 0, 5_000), _call(player, 0, 4_000)]
    answers = loops.run(_both(*workers, parts, calls))
    assert sum(answer is not None for answer in answers) == 1
    assert _credited(parts) == (1, 5_000 if answers[0] else 4_000)


def test_a_worker_that_remembers_an_old_moment_goes_the_plain_way(
    parts: Parts, player: Player, workers: tuple[LiveIngest, LiveIngest]
) -> None:
    first, second = workers
    for place, live in enumerate((first, second, first, second)):
        parts.clock.advance(ms=3_000)  # type: ignore[attr-defined]
        player.t += 3_000
        call = _call(player, place * 3_000, place * 3_000 + 3_000)
        answer = loops.run(live.take(now=parts.clock.now(), **call))
        if answer is None:  # what a doorway does then
            status, answer = _plain(parts, player, player.head, call["body"])
            assert status == 200
        told = json.loads(answer)
        assert told["verdicts"][0]["credited_ms"] == 3_000
        player.seq, player.head = told["ack_seq"], told["head"]
    assert _credited(parts) == (4, 12_000)


def test_a_session_is_remembered_as_of_one_moment(
    parts: Parts,
    player: Player,
    workers: tuple[LiveIngest, LiveIngest],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another worker counts a batch while one reads row by row: only its own row is left out."""
    parts.clock.advance(ms=3_000)  # type: ignore[attr-defined]
    player.t = 3_000
    call, others = _call(player, 0, 3_000), []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not others and "FROM study_session" in statement:
            others.append(
                threading.Thread(target=_plain, args=(parts, player, player.head, call["body"]))
            )
            others[0].start()
            others[0].join()

    event.listen(parts.database.engine, "after_cursor_execute", meanwhile)
    answer = loops.run(workers[0].take(now=parts.clock.now(), **call))
    event.remove(parts.database.engine, "after_cursor_execute", meanwhile)
    assert others
    assert answer is None
    assert _credited(parts) == (1, 3_000)
    assert "a group failed" not in caplog.text, "all other learners' batches are undone with it"


def test_what_was_not_written_is_not_remembered(
    parts: Parts, player: Player, workers: tuple[LiveIngest, LiveIngest]
) -> None:
    """The disk is full at the commit: nothing is answered, nothing counted, and the next is."""
    live = workers[0]
    parts.clock.advance(ms=3_000)  # type: ignore[attr-defined]
    player.t = 3_000
    call = _call(player, 0, 3_000)

    def fail(_connection: object) -> None:
        raise RuntimeError("disk full")

    event.listen(parts.database.engine, "commit", fail)
    assert loops.run(live.take(now=parts.clock.now(), **call)) is None
    event.remove(parts.database.engine, "commit", fail)
    assert _credited(parts) == (0, 0)
    answer = loops.run(live.take(now=parts.clock.now(), **call))
    assert answer is not None
    assert json.loads(answer)["verdicts"][0]["credited_ms"] == 3_000
    assert _credited(parts) == (1, 3_000)


def _flood(
    live: LiveIngest, parts: Parts, player: Player, *, bogus: bool
) -> tuple[int, TooManyRequestsError | None]:
    """How many of sixty batches in one moment are taken; before each a bogus one, if so."""
    now = parts.clock.now()
    for taken in range(60):
        call = _call(player, 0, 0)
        try:
            if bogus:
                assert loops.run(live.take(now=now, **(call | {"mac": "A" * 43}))) is None
            answer = loops.run(live.take(now=now, **call))
        except TooManyRequestsError as refused:
            return taken, refused
        assert answer is not None
        player.seq, player.head = player.seq + 1, json.loads(answer)["head"]
    return 60, None


@pytest.mark.parametrize("bogus", [False, True])
def test_a_flood_is_slowed_down(
    parts: Parts, player: Player, workers: tuple[LiveIngest, LiveIngest], *, bogus: bool
) -> None:
    """Even where something that proves nothing comes in between, to be forgotten by."""
    taken, refused = _flood(workers[0], parts, player, bogus=bogus)
    assert refused is not None
    assert refused.retry_after_s >= 1
    assert 20 <= taken <= 40


def test_a_flood_is_slowed_down_though_the_session_is_read_anew(
    parts: Parts, player: Player, workers: tuple[LiveIngest, LiveIngest]
) -> None:
    """What the short way cannot take is forgotten; the pace is not."""
    live, now = workers[0], parts.clock.now()
    ahead = _call(player, 0, 0) | {"previous": "A" * 43}
    ahead["mac"] = next_head(player.key, ahead["previous"], ahead["body"])
    with pytest.raises(TooManyRequestsError):
        for _ in range(60):
            assert loops.run(live.take(now=now, **ahead)) is None


def test_what_proves_nothing_slows_nobody_down(
    parts: Parts, player: Player, workers: tuple[LiveIngest, LiveIngest]
) -> None:
    live, now = workers[0], parts.clock.now()
    call = _call(player, 0, 0)
    for _ in range(100):
        assert loops.run(live.take(now=now, **(call | {"mac": "A" * 43}))) is None
    assert loops.run(live.take(now=now, **call)) is not None
