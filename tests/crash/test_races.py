"""Two workers and one learner: of two ways to go on one is taken, and the other counts nothing.

A few times in the suite; `RACES=200 ./run test tests/crash` for the whole exercise.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.learning.rules.chain import next_head
from tests.crash import house
from tests.crash.learners import Learner

RACES = int(os.environ.get("RACES", "12"))


def _race(
    workers: list[httpx.Client], learner: Learner, now_ms: int, chance: random.Random
) -> list[tuple[bytes, httpx.Response]]:
    """Two forks of the chain, each sent to both workers, all four at once and in any order."""
    body, headers = learner.report(now_ms)
    forks = [body, body.replace(b'"visible"', b' "visible"')]
    runs = [(worker, fork) for worker in workers for fork in forks]
    chance.shuffle(runs)

    def send(run: tuple[httpx.Client, bytes]) -> tuple[bytes, httpx.Response]:
        worker, fork = run
        signed = headers | {"study-mac": next_head(learner.who.key, learner.head, fork)}
        return fork, worker.post(learner.address, content=fork, headers=signed)

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(send, runs))


@pytest.mark.xdist_group("crash")
def test_of_two_workers_one_takes_the_batch(database_url: str, tmp_path: Path) -> None:
    parts, chance = house.build(database_url, tmp_path), random.Random(11)
    (learner,) = house.settle(parts, 1)
    with (
        house.serving(parts, workers=1) as (one, _),
        house.serving(parts, workers=1) as (two, _),
        httpx.Client(base_url=f"http://127.0.0.1:{one}", timeout=60) as first,
        httpx.Client(base_url=f"http://127.0.0.1:{two}", timeout=60) as second,
    ):
        learner.begin()
        began = time.monotonic()
        for _ in range(RACES):
            time.sleep(0.01)
            now_ms = int((time.monotonic() - began) * 1000)
            answers = _race([first, second], learner, now_ms, chance)
            taken = {fork: answer for fork, answer in answers if answer.status_code == 200}
            assert len(taken) == 1, [answer.text for _, answer in answers]
            refused = [answer for _, answer in answers if answer.status_code != 200]
            assert len(refused) in (2, 3)
            assert {answer.json()["code"] for answer in refused} == {"out_of_step"}
            learner.hear(next(iter(taken.values())).json())
    assert learner.seq == RACES
    house.check_whole(parts, learner)
    house.verify(parts, [learner])
    parts.database.close()
