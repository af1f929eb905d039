"""The database is restarted, and crashes, while beats flow: everybody comes again by themselves.

A few times in the suite; `RESTARTS=40 ./run test tests/crash` for the whole exercise.
"""

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from app.cli import schema
from app.core.settings import Settings
from app.lobby.parts import Parts
from tests import loops
from tests.crash import house
from tests.crash.learners import Learner
from tests.postgres import Server, own_postgres

RESTARTS = int(os.environ.get("RESTARTS", "2"))
LEARNERS = 4
# `pg_ctl restart -m fast`, and `-m immediate`, which is a crash: it must be recovered from.
_WAYS = (signal.SIGINT, signal.SIGQUIT)


async def _live(parts: Parts, port: int, server: Server, learners: list[Learner]) -> None:
    done = asyncio.Event()
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        studying = [asyncio.create_task(each.study(client, done)) for each in learners]
        await house.all_answered(learners, studying)
        for number in range(RESTARTS):
            before = sum(each.again for each in learners)
            await asyncio.to_thread(server.stop, _WAYS[number % 2])
            while sum(each.again for each in learners) == before:
                assert not any(task.done() for task in studying)
                await asyncio.sleep(0.02)
            page = await client.get("/")
            assert page.status_code in (200, 503), page.text
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(house.check_answered, parts, learners)
            await asyncio.to_thread(house.confirm, parts, learners[number % LEARNERS].who)
            await asyncio.to_thread(house.verify, parts, learners)
            await house.all_answered(learners, studying)
        done.set()
        await asyncio.gather(*studying)


@pytest.mark.postgres
@pytest.mark.xdist_group("crash")
def test_a_database_that_is_restarted_loses_nothing(tmp_path: Path) -> None:
    with own_postgres(is_durable=True) as server:
        schema.upgrade(Settings(), server.url)
        parts = house.build(server.url, tmp_path)
        learners = house.settle(parts, LEARNERS)
        with house.serving(parts) as (port, _):
            loops.run(_live(parts, port, server, learners))
        for each in learners:
            house.check_whole(parts, each)
        house.verify(parts, learners)
        parts.database.close()
