"""What all tests share: databases migrated once and copied per test, a clock that stands still."""

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from starlette.testclient import TestClient

from app.cli import schema
from app.core.clock import SettableClock
from app.core.db import Database
from app.core.settings import Environment, Settings
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.databases import ReusedDatabase, run_on
from tests.postgres import start_postgres

# How long one example takes says more of the machine than of the rules.
hypothesis.settings.register_profile("calm", deadline=None)
hypothesis.settings.load_profile("calm")
START = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai


@pytest.fixture
def now() -> dt.datetime:
    return START


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(START)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest version, made by the migrations."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    schema.upgrade(Settings(data_dir=folder), f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A server's address and, on it, a migrated database `template_shixue_…` to copy."""
    with start_postgres() as url:
        base, _, _ = url.rpartition("/")
        name = f"template_shixue_{uuid.uuid4().hex[:12]}"
        run_on(url, f"CREATE DATABASE {name}")
        schema.upgrade(Settings(), f"{base}/{name}")
        yield f"{base}/{name}"


@pytest.fixture(scope="session")
def reused_postgres(postgres_template: str) -> ReusedDatabase:
    return ReusedDatabase(postgres_template)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    reused: ReusedDatabase = request.getfixturevalue("reused_postgres")
    with reused.lent() as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        environment=Environment.TEST,
        data_dir=tmp_path / "var",
        database_url=database_url,
        worker_in_process=False,
        rate_limits=False,
        settable_clock=True,
    )


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def parts(settings: Settings, clock: SettableClock) -> Iterator[Parts]:
    built = build_parts(settings, clock)
    yield built
    built.database.close()


@pytest.fixture
def client(parts: Parts) -> Iterator[TestClient]:
    """A browser without a screen: keeps cookies; pass `headers=csrf(client)` to write."""
    with TestClient(create_app(parts), follow_redirects=False) as opened:
        yield opened
