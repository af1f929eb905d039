"""Beats while a great class has finished and its certificates are issued.

`BATCH=10000 ./run bench` with this file for the whole class; the figures stand in
docs/performance.md.
"""

import datetime as dt
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
from app.learning.services import evidence_sealing, steps
from app.lobby.parts import Parts
from app.worker import loop
from tests import finished
from tests.benches import beside, load
from tests.benches.databases import KINDS, fresh_database
from tests.benches.servers import serving

BATCH = int(os.environ.get("BATCH", "400"))
LEARNERS = 500
ROUNDS = int(os.environ.get("ROUNDS", "1"))
"""Beats alone and beside, in turns: one p99 is that of fifty beats, and chance moves it a sixth."""
_LATER = dt.timedelta(minutes=5)


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


def _wait_for(parts: Parts, count: int) -> None:
    until = time.monotonic() + 120
    while _ready(parts) < count:
        assert time.monotonic() < until, "nothing is issued"
        time.sleep(0.2)


@pytest.mark.bench
@pytest.mark.parametrize("kind", KINDS)
def test_beats_beside_a_class_that_has_finished(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as url:
        figures = _measured(beside.furnish(tmp_path, url, learners=LEARNERS, log_level="error"))
    sys.stdout.write("\n" + json.dumps({name: round(n, 2) for name, n in figures.items()}) + "\n")
    assert figures["certificates_a_second"] > 0
    assert figures["p99_ratio"] <= 2


def _measured(house: beside.Studying) -> dict[str, float]:
    parts = house.parts
    (course,) = finished.courses(parts, ("class",))
    for place, name in enumerate(finished.names(BATCH)):
        finished.finish(parts, course, name, place)
    # Their sessions ended before the exam, and were sealed within a minute of that.
    while evidence_sealing.seal_ended(parts.database, parts.vault, now=parts.clock.now() + _LATER):
        pass
    # So were their steps noted: a worker is never a whole class behind unless it was away.
    while loop.run_together(parts, steps.STEP):
        pass
    sys.stdout.write(f"\n{BATCH} are through\n")
    sys.stdout.flush()
    alone, loaded, issued = load.Seen(), load.Seen(), 0
    with serving("app.main:app_from_environment", **house.given) as (port, _process):
        house.send(port)  # whoever is read for the first time
        for _ in range(ROUNDS):
            alone.add(house.send(port))
            with _issuing(house.given):
                _wait_for(parts, _ready(parts) + 3)
                before = _ready(parts)
                loaded.add(house.send(port))
                issued += _ready(parts) - before
    assert _ready(parts) < BATCH, "the class was too small"
    parts.database.close()
    a_second = {"certificates_a_second": issued / loaded.seconds}
    return beside.figures_of(alone, loaded) | a_second
