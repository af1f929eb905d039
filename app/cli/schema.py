"""Brings a database's schema to the newest version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from app.core.db import make_engine
from app.core.settings import Settings


class MissingSchemaError(RuntimeError):
    """There is no database, it cannot be reached, or it is at an older schema than the code."""


def check_newest(settings: Settings) -> None:
    """Raises MissingSchemaError with what to do, where migrations have not run; makes nothing.

    A newer schema than this code's is none of that: schemas only grow.
    """
    url = make_url(settings.resolved_database_url)
    place = url.database if url.drivername == "sqlite" else url.render_as_string()
    if url.drivername == "sqlite" and not Path(str(url.database)).is_file():
        raise _missing(f"there is no database at {place}")
    scripts = ScriptDirectory.from_config(Config("alembic.ini"))
    found = _revision(settings, f"the database {place} cannot be reached")
    if found is None:
        raise _missing(f"the database {place} has no tables yet")
    known = {script.revision for script in scripts.walk_revisions()}
    if found in known and found != scripts.get_current_head():
        raise _missing(f"the database {place} has no tables of this version yet")


def _revision(settings: Settings, away: str) -> str | None:
    engine = make_engine(settings.resolved_database_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return str(found) if found else None
    except DBAPIError as error:
        raise MissingSchemaError(f"{away}: {error.orig}") from error
    finally:
        engine.dispose()


def _missing(what: str) -> MissingSchemaError:
    return MissingSchemaError(
        f"{what}: run `./run migrate` first, or name another one with SHIXUE_DATA_DIR "
        "(the demo's: SHIXUE_DATA_DIR=var/demo) or SHIXUE_DATABASE_URL"
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
