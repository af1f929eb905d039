"""The transparency log; what was written before it waits to be entered."""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8c41d7f0be95"
down_revision = "c41e7a90b2d6"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_AT_ONCE = 5000
_ledger = sa.table(
    "ledger_entry",
    *(
        sa.column(name, kind)
        for name, kind in (
            ("id", sa.String()), ("learner_id", sa.String()), ("number", sa.Integer()),
            ("enrolment_id", sa.String()), ("lesson_id", sa.String()),
            ("session_id", sa.String()), ("day", sa.Date()), ("ms", sa.BigInteger()),
            ("kind", sa.String()), ("policy_version", sa.String()),
            ("evidence_hash", sa.String()), ("reason", sa.Text()), ("author_id", sa.String()),
            ("at", sa.DateTime(timezone=True)), ("prev_hash", sa.String()),
        )
    ),
)  # fmt: skip
_events = sa.table(
    "audit_event",
    sa.column("id", sa.String()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("event", sa.String()),
    sa.column("actor_id", sa.String()),
    sa.column("subject_id", sa.String()),
    sa.column("facts", _JSON),
)
_waiting = sa.table(
    "log_waiting",
    sa.column("record_id", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("salt", sa.LargeBinary()),
    sa.column("commitment", sa.LargeBinary()),
)


def _refuse_changes(table: str) -> None:
    """Let the database itself refuse to change or delete rows of a record."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
    )


def _moment(at: dt.datetime) -> str:
    aware = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    return aware.isoformat(timespec="microseconds")


def _record(row: sa.RowMapping, at: dict[str, Any]) -> bytes:
    """The record's canonical bytes, as the rooms write them since this version."""
    plain = dict(row) | at
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _records() -> Iterator[tuple[str, str, bytes]]:
    entries = sa.select(_ledger).order_by(_ledger.c.id).execution_options(yield_per=_AT_ONCE)
    for row in op.get_bind().execute(entries).mappings():
        plain = {name: row[name] for name in row if name not in ("id", "prev_hash")}
        changed = {"day": row["day"].isoformat(), "at": _moment(row["at"])}
        yield "ledger_entry", row["id"], _record(plain, changed | {"prev": row["prev_hash"]})
    events = sa.select(_events).order_by(_events.c.id).execution_options(yield_per=_AT_ONCE)
    for row in op.get_bind().execute(events).mappings():
        yield "audit_event", row["id"], _record(row, {"at": _moment(row["at"])})


def _enter_what_there_is() -> None:
    records = _records()
    while some := list(islice(records, _AT_ONCE)):
        rows = []
        for kind, record_id, record in some:
            salt = secrets.token_bytes(16)
            commitment = hashlib.sha256(salt + kind.encode() + b"\n" + record).digest()
            rows.append(
                {"record_id": record_id, "kind": kind, "salt": salt, "commitment": commitment}
            )
        op.bulk_insert(_waiting, rows)


def upgrade() -> None:
    op.create_table(
        "log_waiting",
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "kind", name=op.f("pk_log_waiting")),
    )
    op.create_table(
        "log_leaf",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_leaf")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_log_leaf_kind_record_id")),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_log_tile")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["log_checkpoint.size"], name=op.f("fk_log_cosignature_size_log_checkpoint")
        ),
        sa.PrimaryKeyConstraint("size", "witness", name=op.f("pk_log_cosignature")),
    )
    for table in ("log_leaf", "log_tile", "log_checkpoint", "log_cosignature"):
        _refuse_changes(table)
    _enter_what_there_is()


def downgrade() -> None:
    for table in ("log_cosignature", "log_checkpoint", "log_tile", "log_leaf", "log_waiting"):
        op.drop_table(table)
