"""Brings a database's schema to the newest version."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.core.db import make_engine
from app.core.settings import Settings


class MissingSchemaError(RuntimeError):
    """The database is not at the newest schema."""


def check_newest(settings: Settings) -> None:
    """Raises MissingSchemaError with what to do, where migrations have not run."""
    engine = make_engine(settings.resolved_database_url)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    if found != ScriptDirectory.from_config(Config("alembic.ini")).get_current_head():
        raise MissingSchemaError(
            "the database has no tables of this version yet: run `./run migrate` first"
        )


def upgrade(settings: Settings, url: str | None = None) -> None:
    """Run all migrations that are missing on the settings' database, or on `url`."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url or settings.resolved_database_url)
    configuration = Config("alembic.ini")
    with engine.connect() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
        connection.commit()
    engine.dispose()
