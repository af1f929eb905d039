"""Beats while a great class has finished and its certificates are issued.

`BATCH=10000 ./run bench` with this file for the whole class; the figures stand in
docs/performance.md.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.certs.models import Certificate
from app.cli import schema
from app.core.settings import Environment, Settings
from app.lobby.parts import Parts
from app.main import build_parts
from tests import finished
from tests.benches import field, load
from tests.benches.servers import serving

BATCH = int(os.environ.get("BATCH", "400"))
LEARNERS, RATE, SECONDS = 500, 250, 20.0


@contextmanager
def _issuing(given: dict[str, str]) -> Iterator[None]:
    """A worker in a process of its own, as `./run cli worker` starts it."""
    environment = os.environ | {f"SHIXUE_{name}".upper(): value for name, value in given.items()}
    worker = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _ready(parts: Parts) -> int:
    with parts.database.reading() as db:
        query = select(func.count()).where(Certificate.ready_at.is_not(None))
        return db.scalars(query).one()


def _send(port: int, requests: Iterator[bytes], seconds: float = SECONDS) -> load.Seen:
    seen = load.send_paced(
        port, lambda: next(requests), clients=64, rate=RATE, seconds=seconds
    )  # fmt: skip
    assert seen.refused == 0, seen.first_refusal
    return seen


def _wait_for(parts: Parts, count: int) -> None:
    until = time.monotonic() + 120
    while _ready(parts) < count:
        assert time.monotonic() < until, "nothing is issued"
        time.sleep(0.2)


@pytest.mark.bench
def test_beats_beside_a_class_that_has_finished(tmp_path: Path) -> None:
    settings = Settings(
        environment=Environment.TEST, data_dir=tmp_path / "var",
        database_url=f"sqlite:///{tmp_path / 'bench.db'}", worker_in_process=False,
        rate_limits=False,
    )  # fmt: skip
    schema.upgrade(settings, settings.database_url)
    parts = build_parts(settings)
    lanes = [field.batches(each, step_ms=20) for each in field.plant(parts, LEARNERS)]
    requests = (request for step in zip(*lanes, strict=True) for request in step)
    (course,) = finished.courses(parts, ("class",))
    for place, name in enumerate(finished.names(BATCH)):
        finished.finish(parts, course, name, place)
    given = {
        "environment": "test", "data_dir": str(settings.data_dir),
        "database_url": settings.database_url, "worker_in_process": "false",
        "rate_limits": "false", "log_level": "error",
    }  # fmt: skip
    with serving("app.main:app_from_environment", **given) as (port, _process):
        _send(port, requests)  # whoever is read for the first time
        alone = _send(port, requests)
        with _issuing(given):
            _wait_for(parts, 3)
            before, began = _ready(parts), time.monotonic()
            beside = _send(port, requests)
            issued, took = _ready(parts) - before, time.monotonic() - began
    assert _ready(parts) < BATCH, "the class was too small"
    parts.database.close()
    figures = {
        "beats_a_second": RATE, "p50_alone": alone.percentile(50),
        "p99_alone": alone.percentile(99), "p50_beside": beside.percentile(50),
        "p99_beside": beside.percentile(99), "certificates_a_second": issued / took,
        "p99_ratio": beside.percentile(99) / alone.percentile(99),
    }  # fmt: skip
    sys.stdout.write("\n" + json.dumps({name: round(n, 2) for name, n in figures.items()}) + "\n")
    assert issued > 0
    assert figures["p99_ratio"] <= 2
