"""Runs migrations on the database that the caller hands in, or on the settings' own."""

import importlib
import pkgutil

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
    """Migrate over an open connection; on PostgreSQL never wait long for a lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


load_all_models()
given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(Settings().resolved_database_url)
    with engine.connect() as opened:
        run(opened)
    engine.dispose()
