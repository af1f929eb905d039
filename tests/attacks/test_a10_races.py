"""A10: one batch on many connections at once, and two different ones after the same head."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from app.cli.beside import free_port, serving
from app.core.clock import SettableClock
from app.core.settings import Environment, Settings
from app.learning.rules.chain import next_head
from app.lobby.parts import Parts
from app.main import build_parts
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, keep
from tests.conftest import START
from tests.people import csrf

CONNECTIONS = 8


@pytest.fixture
def raced(database_url: str, tmp_path: Path) -> Iterator[tuple[Laboratory, str]]:
    """A laboratory of its own, served on a real port as well."""
    clock, port = SettableClock(START), free_port()
    settings = Settings(
        environment=Environment.TEST, data_dir=tmp_path / "var", database_url=database_url,
        worker_in_process=False, rate_limits=False, settable_clock=True,
    )  # fmt: skip
    parts = build_parts(settings, clock)
    served: Parts = build_parts(settings, clock)
    with start_blocking_portal() as portal, serving(served, port):
        yield Laboratory(parts, clock, portal), f"http://127.0.0.1:{port}"
    parts.database.close()
    shutil.rmtree(tmp_path / "var")


def _at_once(address: str, headers: dict[str, str], bodies: list[tuple[bytes, str]]) -> list[Any]:
    """Each body with its MAC on a connection of its own, all at the same moment."""

    def send(given: tuple[bytes, str]) -> httpx.Response:
        body, mac = given
        with httpx.Client(timeout=120) as connection:
            return connection.post(address, content=body, headers=headers | {"study-mac": mac})

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def test_one_batch_on_many_connections_counts_once(raced: tuple[Laboratory, str]) -> None:
    lab, host = raced
    with lab.bot(Needs.NONE) as bot:
        jar = "; ".join(f"{name}={value}" for name, value in bot.client.cookies.items())
        address = f"{host}/api/v1/study-sessions/{bot.session_id}/beats"
        for _ in bot.minutes(3):
            headers = csrf(bot.client) | {"study-prev": bot.head, "cookie": jar}
            body = bot.body_of([bot.beat(bot.at, bot.at + 60_000)])
            copies = [(body, next_head(bot.key, bot.head, body))] * CONNECTIONS
            for _ in copies:
                bot.naive.hear([bot.beat(0, 60_000)])
            answers = _at_once(address, headers, copies)
            taken = [answer for answer in answers if answer.status_code == 200]
            assert taken, [answer.text for answer in answers]
            assert len({answer.text for answer in taken}) == 1
            bot.heard(taken[0])
            bot.at += 60_000
        outcome = bot.outcome("one batch on eight connections", "A10")
    keep(outcome)
    assert outcome.confirmed_ms == 0
    assert outcome.pending_ms == 180_000


def test_of_two_continuations_one_is_taken(raced: tuple[Laboratory, str]) -> None:
    lab, host = raced
    with lab.bot(Needs.NONE) as bot:
        jar = "; ".join(f"{name}={value}" for name, value in bot.client.cookies.items())
        address = f"{host}/api/v1/study-sessions/{bot.session_id}/beats"
        for _ in bot.minutes(2):
            headers = csrf(bot.client) | {"study-prev": bot.head, "cookie": jar}
            forks = []
            for part in range(CONNECTIONS):
                beats = [bot.beat(bot.at, bot.at + 60_000 - part)]
                bot.naive.hear(beats)
                body = bot.body_of(beats)
                forks.append((body, next_head(bot.key, bot.head, body)))
            answers = _at_once(address, headers, forks)
            taken = [answer for answer in answers if answer.status_code == 200]
            assert len(taken) == 1, [answer.text for answer in answers]
            for answer in answers:
                bot.heard(answer)
            told = taken[0].json()
            bot.head, bot.seq, bot.at = told["head"], told["ack_seq"], told["frontier"]
        outcome = bot.outcome("eight forks of the chain at once", "A10 own")
    keep(outcome)
    assert outcome.confirmed_ms == 0
    assert outcome.pending_ms <= 120_000
    assert "out_of_step" in outcome.reasons


def test_two_openings_at_once_leave_one_session(raced: tuple[Laboratory, str]) -> None:
    lab, host = raced
    with lab.bot(Needs.NONE) as bot:
        jar = "; ".join(f"{name}={value}" for name, value in bot.client.cookies.items())
        wanted = {"enrolment_id": bot.enrolment_id, "lesson_id": bot.lesson_id}

        def open_one(_number: int) -> httpx.Response:
            headers = csrf(bot.client) | {"cookie": jar}
            with httpx.Client(timeout=120) as connection:
                address = f"{host}/api/v1/study-sessions"
                return connection.post(address, json=wanted, headers=headers)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(open_one, range(4)))
        opened = [answer.json()["session_id"] for answer in answers if answer.status_code == 201]
        assert opened
        states = [
            bot.client.get(f"/api/v1/study-sessions/{each}").json()["state"] for each in opened
        ]
        assert states.count("open") == 1
