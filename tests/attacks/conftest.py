"""One laboratory for all attacks of a process: a fresh learner each, a clock that only goes on."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from app.core.clock import SettableClock
from app.core.settings import Environment, Settings
from app.main import build_parts
from tests.attacks.laboratory import Laboratory
from tests.conftest import START


@pytest.fixture(scope="session")
def lab(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder = tmp_path_factory.mktemp("lab")
    shutil.copyfile(sqlite_template, folder / "lab.db")
    clock = SettableClock(START + dt.timedelta(days=1))
    settings = Settings(
        environment=Environment.TEST, data_dir=folder / "var",
        database_url=f"sqlite:///{folder / 'lab.db'}", worker_in_process=False,
        settable_clock=True,
    )  # fmt: skip
    parts = build_parts(settings, clock)
    with start_blocking_portal() as portal:
        yield Laboratory(parts, clock, portal)
    parts.close()
    parts.database.close()
