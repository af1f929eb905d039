"""Runs migrations on the database that the caller hands in, or on the settings' own."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from alembic import context
from sqlalchemy import Connection, text

import app
from app.core.db import Base, make_engine
from app.core.settings import Settings


def load_all_models() -> None:
    """Import every room's tables, so that the metadata is whole."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        parts = module.name.split(".")
        if "models" in parts or parts[1] == "core":
            importlib.import_module(module.name)


def run(connection: Connection) -> None:
    """Migrate over an open connection; on PostgreSQL never wait long for a lock.

    SQLite changes a table by making it anew: while others refer to it, that is refused where
    foreign keys are watched. They are looked at all together afterwards.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
    with _unwatched(connection) if is_sqlite else nullcontext():
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                msg = f"the migration left references to nothing: {broken[:5]}"
                raise RuntimeError(msg)


@contextmanager
def _unwatched(connection: Connection) -> Iterator[None]:
    """SQLite heeds this outside a transaction only; every new connection watches again."""
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if not driver.in_transaction:
            driver.execute("PRAGMA foreign_keys=ON")


load_all_models()
given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(Settings().resolved_database_url)
    with engine.connect() as opened:
        run(opened)
    engine.dispose()
