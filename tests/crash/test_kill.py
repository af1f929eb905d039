"""Workers killed at any moment: nothing that was answered is lost, nothing counts twice.

A few times in the suite; `CRASHES=200 ./run test tests/crash` for the whole exercise.
"""

import asyncio
import os
import random
import signal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from app.core.settings import Environment, Settings
from app.identity.services import tokens
from app.learning.models.study import LessonCoverage, PendingPiece, StudyBatch
from app.learning.services import evidence
from app.lobby.parts import Parts
from app.main import build_parts
from tests import loops
from tests.benches import field
from tests.benches.servers import serving
from tests.crash.learners import Learner

CRASHES = int(os.environ.get("CRASHES", "3"))
LEARNERS = 24


def _workers(parent: int) -> list[int]:
    """The serving processes, without the one that only watches resources."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in children if b"spawn_main" in _command(pid)]


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:  # gone meanwhile
        return b""


async def _live(port: int, pid: int, learners: list[Learner]) -> int:
    """Let everybody study while workers are killed; tells how many were."""
    done, killed, chance = asyncio.Event(), 0, random.Random(7)
    limits = httpx.Limits(max_connections=LEARNERS * 2)
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=10, limits=limits) as client:
        studying = [asyncio.create_task(each.study(client, done)) for each in learners]
        await asyncio.sleep(1)
        while killed < CRASHES and not any(task.done() for task in studying):
            if alive := _workers(pid):
                os.kill(chance.choice(alive), signal.SIGKILL)
                killed += 1
                await _answered_again(learners, studying)
            await asyncio.sleep(chance.uniform(0.05, 1))
        await asyncio.sleep(2)
        done.set()
        await asyncio.gather(*studying)
    return killed


async def _answered_again(learners: list[Learner], studying: list[asyncio.Task[None]]) -> None:
    """A worker takes longer to start than to be killed: somebody must be there to be hit."""
    before = [each.seq for each in learners]
    while not any(task.done() for task in studying):
        if all(each.seq > seq for each, seq in zip(learners, before, strict=True)):
            return
        await asyncio.sleep(0.05)


@pytest.fixture
def parts(database_url: str, tmp_path: Path) -> Parts:
    settings = Settings(
        environment=Environment.TEST, data_dir=tmp_path / "var", database_url=database_url,
        worker_in_process=False, rate_limits=False,
    )  # fmt: skip
    return build_parts(settings)


@pytest.mark.xdist_group("crash")
def test_killed_workers_lose_nothing_and_count_nothing_twice(parts: Parts) -> None:
    now = parts.clock.now()
    planted = field.plant(parts, LEARNERS)
    with parts.database.transaction() as db:
        learners = [
            Learner(
                who,
                tokens.start(
                    db, parts.keys, parts.settings.sign_in, learner_id=who.learner_id,
                    device_id="crash", now=now,
                ).access,
            )
            for who in planted
        ]  # fmt: skip
    settings = {
        "environment": "test", "data_dir": str(parts.settings.data_dir), "rate_limits": "false",
        "database_url": parts.settings.database_url, "worker_in_process": "false",
    }  # fmt: skip
    with serving("app.main:app_from_environment", workers=2, **settings) as (port, pid):
        killed = loops.run(_live(port, pid, learners))
    assert killed == CRASHES
    assert sum(each.again for each in learners) > 0, "no kill was felt"
    for each in learners:
        _check(parts, each)
    parts.database.close()


def _check(parts: Parts, each: Learner) -> None:
    """What was answered, what is stored, and what the evidence says, are the same."""
    assert each.surprises == []
    assert each.seq > 0
    session_id = each.who.session_id
    with parts.database.reading() as db:
        of_session = StudyBatch.session_id == session_id
        seqs = list(db.scalars(select(StudyBatch.ack_seq).where(of_session).order_by("ack_seq")))
        assert seqs == list(range(1, each.seq + 1))
        assert evidence.credited_ms(db, session_id) == each.told_ms == each.place_ms
        again = evidence.judge_again(db, session_id)
        assert (again.credited_ms, again.is_sound) == (each.told_ms, True)
        assert evidence.is_chain_whole(db, parts.vault, session_id)
        for table, column in ((LessonCoverage, "covered_ms"), (PendingPiece, "ms")):
            total = select(func.sum(getattr(table, column)))
            assert db.scalar(total.where(table.learner_id == each.who.learner_id)) == each.told_ms
