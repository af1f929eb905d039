"""What all tests share: databases migrated once and copied per test, a clock that stands still."""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from app.cli import schema
from app.core.clock import SettableClock
from app.core.db import Database, make_engine
from app.core.settings import Environment, Settings
from app.core.vendor_settings import FaceSettings, VendorSettings
from app.identity.providers import FaceEngine
from app.identity.providers import face_engine as faces
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.databases import PostgresDatabases, SqliteFiles, run_on
from tests.postgres import start_postgres

# How long one example takes says more of the machine than of the rules.
hypothesis.settings.register_profile("calm", deadline=None)
hypothesis.settings.load_profile("calm")
START = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai

# The files that take longest, begun first: most of them wait for real seconds while others work.
_LONGEST = (
    "test_with_a_face", "test_off_line", "test_without_a_face", "test_another_face",
    "test_attacks", "test_gallery", "test_schema", "test_kill", "test_reload",
    "test_wrong_person", "test_problems", "test_a29_cameras", "test_commands",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: position for position, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


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
def sqlite_databases(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> SqliteFiles:
    return SqliteFiles(sqlite_template, tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_template: str) -> PostgresDatabases:
    return PostgresDatabases(postgres_template)


@pytest.fixture(scope="session")
def engine_of() -> Callable[[str], Engine]:
    """One engine for an address: what it has compiled serves the next test too."""
    return functools.cache(make_engine)


BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database."""
    with request.getfixturevalue(f"{request.param}_databases").lent() as url:
        yield url


@pytest.fixture(params=BOTH, scope="module")
def shared_parts(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    engine_of: Callable[[str], Engine],
) -> Iterator[Parts]:
    """A house for all tests of a module: for those that are refused, and change nothing."""
    with request.getfixturevalue(f"{request.param}_databases").lent() as url:
        database = Database(url, engine_of(url))
        settings = settings_of(url, tmp_path_factory.mktemp("shared"))
        opened = replace(build_parts(settings, SettableClock(START), database), face=face_engine())
        yield opened
        opened.close()
        database.close()


@pytest.fixture(scope="session", autouse=True)
def _patience_with_faces() -> Iterator[None]:
    """A machine may stand still for minutes; the tests of giving up set a limit of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faces, "LONGEST_S", 900.0)
        yield


@functools.cache
def face_engine() -> FaceEngine:
    """One for all tests of a process: it remembers nobody, and takes a second to start."""
    return FaceEngine()


def settings_of(database_url: str, folder: Path) -> Settings:
    patience = {"timeout_s": 120.0, "deadline_s": 300.0}
    return Settings(
        environment=Environment.TEST,
        data_dir=folder / "var",
        database_url=database_url,
        worker_in_process=False,
        rate_limits=False,
        settable_clock=True,
        sms=VendorSettings(**patience),
        registry=VendorSettings(**patience),
        face=FaceSettings(**patience),
    )


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_of(database_url, tmp_path)


@pytest.fixture
def database(database_url: str, engine_of: Callable[[str], Engine]) -> Iterator[Database]:
    opened = Database(database_url, engine_of(database_url))
    yield opened
    opened.close()


@pytest.fixture
def parts(settings: Settings, clock: SettableClock, database: Database) -> Iterator[Parts]:
    opened = replace(build_parts(settings, clock, database), face=face_engine())
    yield opened
    opened.close()


@pytest.fixture
def client(parts: Parts) -> Iterator[TestClient]:
    """A browser without a screen: keeps cookies; pass `headers=csrf(client)` to write."""
    with TestClient(create_app(parts), follow_redirects=False) as opened:
        yield opened
