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

from app.lobby.parts import Parts
from tests import loops
from tests.crash import house
from tests.crash.learners import Learner

CRASHES = int(os.environ.get("CRASHES", "3"))
LEARNERS = 12


async def _live(parts: Parts, port: int, pid: int, learners: list[Learner]) -> int:
    """Let everybody study while workers are killed; tells how many were."""
    done, killed, chance = asyncio.Event(), 0, random.Random(7)
    limits = httpx.Limits(max_connections=LEARNERS * 2)
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        studying = [asyncio.create_task(each.study(client, done)) for each in learners]
        await house.all_answered(learners, studying)
        while killed < CRASHES and not any(task.done() for task in studying):
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            os.kill(chance.choice(house.workers_of(pid)), signal.SIGKILL)
            killed += 1
            await asyncio.to_thread(_look, parts, learners, chance)
            await house.all_answered(learners, studying)
        done.set()
        await asyncio.gather(*studying)
    return killed


def _look(parts: Parts, learners: list[Learner], chance: random.Random) -> None:
    """After each crash; somebody's time is confirmed meanwhile, which is one more writer."""
    house.check_answered(parts, learners)
    some = chance.sample(learners, 3)
    house.confirm(parts, some[0].who)
    house.verify(parts, some)


@pytest.mark.xdist_group("crash")
def test_killed_workers_lose_nothing_and_count_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    parts = house.build(database_url, tmp_path)
    learners = house.settle(parts, LEARNERS)
    with house.serving(parts) as (port, pid):
        killed = loops.run(_live(parts, port, pid, learners))
    assert killed == CRASHES
    assert sum(each.again for each in learners) > 0, "no kill was felt"
    for each in learners:
        house.check_whole(parts, each)
    house.verify(parts, learners)
    parts.database.close()
