"""The database: engine, the two kinds of session, and the only commit of the product."""

import datetime as dt
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Engine, MetaData, String, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.core.outages import outage_of
from app.core.turns import MOST_WAIT_S, FairTurn, writing

_LOOK_S = 0.00025
_BUSY_TIMEOUT = f"PRAGMA busy_timeout={int(MOST_WAIT_S * 1000)}"
SEAL = "log_seal"
"""The key that seals what is entered into the log: its purpose, and its name in `Session.info`."""
Id = String(26)
JsonColumn = JSON().with_variant(JSONB(), "postgresql")

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The parent of all tables; constraint names follow one convention on both engines."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC time: refuses naive ones, and gives aware ones back on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone cannot be stored"
            raise ValueError(msg)
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: Dialect,  # noqa: ARG002 -- SQLAlchemy's signature
    ) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class ReadSession(Session):
    """A session for looking: it refuses to write and never queues behind writers."""

    def flush(self, objects: Any = None) -> None:  # noqa: ANN401 -- SQLAlchemy's signature
        if self.new or self.dirty or self.deleted:
            msg = "a read session cannot write"
            raise RuntimeError(msg)
        super().flush(objects)


def make_engine(url: str) -> Engine:
    """Build an engine; on SQLite with WAL, foreign keys, full sync and our own BEGIN.

    The driver's own transaction handling loses updates silently on SQLite (read, then write,
    in deferred transactions), so it is switched off and every transaction says how it begins.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    arguments = {"timeout": 30, "isolation_level": None, "cached_statements": 512}
    engine = create_engine(url, connect_args=arguments, pool_size=20, max_overflow=20)

    @event.listens_for(engine, "do_connect")
    def _make(_dialect: object, _record: object, places: list[Any], _more: object) -> None:
        _own_file(Path(places[0]))

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 -- a DBAPI object
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16384",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_BUSY_TIMEOUT)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401
        if connection.get_execution_options().get("reading", False):
            connection.exec_driver_sql("BEGIN DEFERRED")
        else:
            _take_turn(connection)

    return engine


def _take_turn(connection: Any) -> None:  # noqa: ANN401 -- a SQLAlchemy connection
    """Begin to write as soon as another process has done so, looking each quarter of a millisecond.

    SQLite itself looks after 1, 2, 5, 10, 15, 20, 25, 50 and 100 ms: whoever waits for five
    milliseconds of another process's work waits for eighteen.
    """
    driver = connection.connection.driver_connection
    until = time.monotonic() + MOST_WAIT_S
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as busy:
                is_busy = busy.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or time.monotonic() > until:
                    raise
                time.sleep(_LOOK_S)
            else:
                return
    finally:
        driver.execute(_BUSY_TIMEOUT)


def _own_file(path: Path) -> None:
    """Make a database's file where there is none, for us alone to read; its log takes after it.

    A file that is there stays as its operator left it.
    """
    if str(path) == ":memory:" or not path.parent.is_dir():
        return
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


@contextmanager
def _outages() -> Iterator[None]:
    """Say in the house's words that the database is away or full; all else stays as it is."""
    try:
        yield
    except Exception as error:
        if (told := outage_of(error)) is not None:
            raise told from error
        raise


class Database:
    """One database with its doors: `transaction` and `bulk` to write, `reading` to look.

    Each raises UnavailableError where the database is away, full, or too busy to be reached.
    """

    def __init__(
        self, url: str, engine: Engine | None = None, *, most_wait_s: float = MOST_WAIT_S
    ) -> None:
        self.url = url
        self.engine = engine or make_engine(url)
        is_sqlite = self.engine.dialect.name == "sqlite"
        # What is put together from several queries must be of one moment; SQLite's is anyway.
        one_moment = {} if is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading_engine = self.engine.execution_options(reading=True, **one_moment)
        self._fair = FairTurn(most_wait_s=most_wait_s) if is_sqlite else None
        self._turn: AbstractContextManager[None] = self._fair or nullcontext()
        self._info: dict[str, bytes] = {}

    def seal_with(self, key: bytes) -> None:
        """From now on what transactions enter into the log is sealed with this key."""
        self._info[SEAL] = key

    def stand_back(self) -> None:
        """From now on let other processes write between any two of our turns.

        On SQLite who waits looks again and again, and would look in vain where a turn follows
        on a turn. PostgreSQL locks rows, and nobody has to stand back.
        """
        if self._fair is not None:
            self._fair.stand_back(2 * _LOOK_S)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def is_stalled(self) -> bool:
        """Tell whether one writer has kept all others waiting for longer than they wait."""
        return self._fair is not None and self._fair.is_stalled()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a write transaction; it commits at the end and rolls back on any exception.

        Raises NestedTransactionError where this request or thread has one open, UnavailableError
        where the turn to write does not come.
        """
        with (
            _outages(), writing(self), self._turn,
            Session(self.engine, expire_on_commit=False, info=self._info) as session,
        ):  # fmt: skip
            # The lock is taken here and not at the first write: a reader that turns writer
            # half-way would have to be refused by SQLite.
            session.connection()
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def bulk(self) -> Iterator[Connection]:
        """Open a write transaction for many rows at once, without objects for them."""
        with _outages(), writing(self), self._turn, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session on one snapshot that cannot write."""
        with _outages(), ReadSession(self._reading_engine, autoflush=False) as session:
            try:
                yield session
            finally:
                session.rollback()

    def clear_journal(self) -> None:
        """Empty SQLite's write-ahead log: what was overwritten still lies there until then.

        A reader in the way leaves it for the next time. PostgreSQL keeps its own as configured.
        """
        if self.dialect != "sqlite":
            return
        connection = self.engine.raw_connection()
        try:
            driver: Any = connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        self.engine.dispose()
