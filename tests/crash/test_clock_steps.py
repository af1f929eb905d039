"""The server's clock is set forward or back by an hour while people study."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.errors import TooManyRequestsError
from app.core.ratelimit import RateLimiter
from app.lobby.parts import Parts
from app.main import create_app
from app.worker import SCHEDULES, Schedule, Worker
from tests.benches.field import POLICY
from tests.conftest import START
from tests.crash import house
from tests.crash.learners import Learner

HOUR_MS = 3_600_000
GRACE_MS = POLICY.offline_grace_s * 1000


@dataclass
class Sitting:
    """A learner who plays on while the clock does what it likes; `real_ms` is what passes."""

    parts: Parts
    clock: SettableClock
    client: TestClient
    learner: Learner
    real_ms: int = 0
    t_ms: int = 0

    def play(self, ms: int, *, claimed_ms: int | None = None) -> dict[str, int]:
        """Report `ms` that really passed, or another length; what was credited and cut."""
        self.clock.advance(ms=ms)
        self.real_ms += ms
        claimed = ms if claimed_ms is None else claimed_ms
        self.t_ms += claimed
        place = self.learner.place_ms + claimed
        body, headers = self.learner.report(place, t_ms=self.t_ms)
        answer = self.client.post(self.learner.address, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        credited = self.learner.hear(told)
        self.learner.place_ms = told["frontier"]
        (verdict,) = told["verdicts"]
        return {"credited": credited} | {cut["code"]: cut["ms"] for cut in verdict["cuts"]}

    def step(self, ms: int) -> None:
        self.clock.advance(ms=ms)


@pytest.fixture
def sitting(database_url: str, tmp_path: Path) -> Iterator[Sitting]:
    clock = SettableClock(START)
    parts = house.build(database_url, tmp_path, clock)
    (learner,) = house.settle(parts, 1)
    learner.begin()
    limited = parts.settings.model_copy(update={"rate_limits": True})
    served = Parts(
        **{name: getattr(parts, name) for name in parts.__slots__} | {"settings": limited}
    )
    with TestClient(create_app(served)) as client:
        yield Sitting(parts, clock, client, learner)
    house.verify(parts, [learner])
    parts.database.close()


def test_forward_gives_at_most_the_grace(sitting: Sitting) -> None:
    assert sitting.play(15_000) == {"credited": 15_000}
    sitting.step(HOUR_MS)
    got = sitting.play(15_000, claimed_ms=HOUR_MS + 15_000)
    assert got["credited"] == GRACE_MS
    assert got["late"] == HOUR_MS + 15_000 - GRACE_MS
    assert sitting.play(15_000) == {"credited": 15_000}
    assert sitting.learner.told_ms <= sitting.real_ms + GRACE_MS


def test_forward_gives_who_claims_nothing_more_nothing_more(sitting: Sitting) -> None:
    sitting.play(15_000)
    sitting.step(HOUR_MS)
    for _ in range(4):
        sitting.play(15_000)
    assert sitting.learner.told_ms == sitting.real_ms


def test_forward_ends_a_session_that_was_silent_for_too_long(sitting: Sitting) -> None:
    sitting.play(15_000)
    sitting.step(POLICY.idle_timeout_s * 1000 + 1)
    body, headers = sitting.learner.report(30_000)
    answer = sitting.client.post(sitting.learner.address, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")


def test_back_gives_nothing_until_the_clock_is_there_again(sitting: Sitting) -> None:
    sitting.play(15_000)
    sitting.step(-HOUR_MS)
    for _ in range(8):
        assert sitting.play(15_000) == {"credited": 0, "late": 15_000}
    sitting.step(HOUR_MS - 8 * 15_000 - 15_000)
    assert sitting.play(15_000)["credited"] == 0
    assert sitting.play(15_000) == {"credited": 15_000}
    assert sitting.learner.told_ms == 30_000 <= sitting.real_ms


def test_there_and_back_counts_no_second_twice(sitting: Sitting) -> None:
    """An hour forward by mistake, studied in, and put right again."""
    sitting.play(15_000)
    sitting.step(HOUR_MS)
    sitting.play(15_000)
    sitting.step(-HOUR_MS)
    for _ in range(40):
        sitting.play(120_000)
    assert sitting.learner.told_ms <= sitting.real_ms
    # The hour on the clock came twice and counts once; what the step filled up can be spent.
    filled_ms = GRACE_MS - 15_000
    assert sitting.learner.told_ms == 30_000 + 40 * 120_000 - HOUR_MS + filled_ms


def test_back_keeps_nobody_waiting_for_an_hour(database_url: str, tmp_path: Path) -> None:
    parts = house.build(database_url, tmp_path)
    limiter = RateLimiter(parts.database, b"limits")
    for _ in range(3):
        limiter.take("b", "k", limit=3, window_s=60, now=START)
    with pytest.raises(TooManyRequestsError):
        limiter.take("b", "k", limit=3, window_s=60, now=START)
    limiter.take("b", "k", limit=3, window_s=60, now=START - dt.timedelta(hours=1))
    parts.database.close()


def test_back_rests_no_schedule_for_an_hour(
    parts: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[dt.datetime] = []
    every = dt.timedelta(minutes=1)
    assert SCHEDULES
    schedule = Schedule("one", every, lambda parts: done.append(parts.clock.now()))
    monkeypatch.setattr("app.worker.loop.SCHEDULES", (schedule,))
    worker = Worker(parts)
    for step_ms in (0, 30_000, 30_000, -HOUR_MS, 30_000, 30_000):
        clock.advance(ms=step_ms)
        worker._keep_schedules(is_slow=False)  # noqa: SLF001 -- a round without its threads
    assert len(done) == 4
