"""Migrations: the schema is the models', it goes down and up again, records cannot be changed."""

import datetime as dt

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from app.core import audit
from app.core.db import Database


def _config(connection) -> Config:
    configuration = Config("alembic.ini")
    configuration.attributes["connection"] = connection
    return configuration


def test_the_schema_is_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        command.check(_config(connection))


def test_down_and_up_again(database: Database) -> None:
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), "base")
        connection.commit()
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    with database.engine.connect() as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()
    assert "person" in inspect(database.engine).get_table_names()


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET event = 'x'", "DELETE FROM audit_event"]
)
def test_audit_events_cannot_be_changed(
    database: Database, now: dt.datetime, statement: str
) -> None:
    with database.transaction() as db:
        audit.record(db, "something.happened", now=now, actor_id=None)
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as db:
        db.execute(text(statement))
    with database.reading() as db:
        assert db.scalar(text("SELECT count(*) FROM audit_event")) == 1
