"""An insider at the database: rows changed past the triggers that refuse it."""

from typing import Any

from sqlalchemy import Executable, text, update

from app.core.db import Base, Database

RECORDS = (
    "ledger_entry", "audit_event", "log_leaf", "log_tile", "log_checkpoint", "log_cosignature",
    "policy_revision", "course_version", "chapter", "lesson", "material",
)  # fmt: skip


def tamper(database: Database, statement: Executable) -> None:
    """Run one statement with the records' triggers out of the way."""
    with database.transaction() as db:
        for table in RECORDS:
            if database.dialect == "postgresql":
                db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
                continue
            for verb in ("insert", "update", "delete"):
                db.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
        db.execute(statement)


def alter(database: Database, row: Base, **values: Any) -> None:
    """Give columns of one row other values; the object in hand keeps the old ones."""
    table = type(row).__table__
    where = [column == getattr(row, column.key) for column in table.primary_key]
    tamper(database, update(type(row)).where(*where).values(values))
