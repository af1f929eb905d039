"""Brings a database's schema to the newest version."""

from alembic import command
from alembic.config import Config

from app.core.db import make_engine
from app.core.settings import Settings


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
