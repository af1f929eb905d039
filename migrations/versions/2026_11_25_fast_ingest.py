"""Evidence and answers as bytes, no index on what every beat changes, rows in the key's order."""

import datetime as dt
import json

import msgspec
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8b1f0c3e9a57"
down_revision = "5d0c1f6a27be"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_READING = (
    "now_ms", "clock_ms", "allowance_ms", "heard_at_ms", "is_restarted", "is_held",
    "is_challenged", "day", "day_used_ms", "frontier_ms",
)  # fmt: skip
_SETS = ("covered", "delivered")
_MOST = 1000


def _id(name: str, target: str | None = None, *, key: bool = True) -> sa.Column:
    parts = (sa.ForeignKey(f"{target}.id"),) if target else ()
    return sa.Column(name, sa.String(26), *parts, primary_key=key, nullable=False)


def _big(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _blob(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _key(name: str, kind: type = sa.Integer) -> sa.Column:
    return sa.Column(name, kind(), primary_key=True, autoincrement=False, nullable=False)


def _batch_columns(*, is_new: bool) -> list[sa.Column]:
    received = sa.Column("received_at", sa.DateTime(timezone=True), nullable=False)
    reading = _blob("reading") if is_new else sa.Column("reading", _JSON, nullable=False)
    return [
        _id("learner_id", None if is_new else "person"), _id("session_id", "study_session"),
        _key("ack_seq"), *([] if is_new else [received]), _id("lesson_id", key=False),
        _blob("body"), sa.Column("head", sa.String(43), nullable=False), reading,
        _big("credited_ms"),
    ]  # fmt: skip


def _coverage_columns(*, is_new: bool) -> list[sa.Column]:
    return [
        _id("learner_id", None if is_new else "person"), _id("enrolment_id", "enrolment"),
        _id("lesson_id", None if is_new else "lesson"), _blob("covered"), _big("covered_ms"),
        _big("frontier_ms"),
    ]  # fmt: skip


def _piece_columns(*, is_new: bool) -> list[sa.Column]:
    return [
        _id("learner_id", None if is_new else "person"),
        _id("enrolment_id", None if is_new else "enrolment"),
        _id("lesson_id", None if is_new else "lesson"), _id("session_id", "study_session"),
        _key("day"), _key("pass_number"), _key("is_ripe", sa.Boolean), _big("first_at_ms"),
        _big("expires_at_ms"), _blob("stretches"), _big("ms"),
    ]  # fmt: skip


def _packed(row: dict) -> dict:
    stored = row["reading"]
    if isinstance(stored, str):
        stored = json.loads(stored)
    sets = [bytes.fromhex(stored[name]) for name in _SETS]
    unripe = [(lesson, day, bytes.fromhex(part)) for lesson, day, part in stored.get("unripe", [])]
    values = [*(stored[name] for name in _READING), *sets, unripe]
    kept = {name: value for name, value in row.items() if name != "received_at"}
    return kept | {"reading": msgspec.msgpack.encode(values)}


def _unpacked(row: dict) -> dict:
    values = msgspec.msgpack.decode(row["reading"])
    stored = dict(zip(_READING, values, strict=False))
    stored |= {name: values[10 + index].hex() for index, name in enumerate(_SETS)}
    stored["unripe"] = [[lesson, day, part.hex()] for lesson, day, part in values[12]]
    return row | {"reading": stored, "received_at": dt.datetime.fromtimestamp(stored["now_ms"] / 1000, dt.UTC)}


def _rebuild(name: str, columns: list[sa.Column], convert=dict, *, by_key: bool) -> None:
    """Make a table anew beside the old one and carry the rows over."""
    bind = op.get_bind()
    op.rename_table(name, f"old_{name}")
    if bind.dialect.name == "postgresql":
        op.execute(f"ALTER TABLE old_{name} RENAME CONSTRAINT pk_{name} TO pk_old_{name}")
    made = op.create_table(name, *columns, sqlite_with_rowid=not by_key)
    old = sa.Table(f"old_{name}", sa.MetaData(), autoload_with=bind)
    query = sa.select(old).order_by(*old.primary_key.columns)
    for start in range(0, bind.scalar(sa.select(sa.func.count()).select_from(old)), _MOST):
        rows = bind.execute(query.limit(_MOST).offset(start)).mappings().all()
        op.bulk_insert(made, [convert(dict(row)) for row in rows])
    op.drop_table(f"old_{name}")


def upgrade() -> None:
    _rebuild("study_batch", _batch_columns(is_new=True), _packed, by_key=True)
    _rebuild("lesson_coverage", _coverage_columns(is_new=True), by_key=True)
    _rebuild("pending_piece", _piece_columns(is_new=True), by_key=True)
    _swap_answer(sa.LargeBinary())
    op.drop_index("ix_study_session_phase_heard_at_ms", "study_session")
    op.create_index("ix_study_session_phase", "study_session", ["phase"])


def downgrade() -> None:
    op.drop_index("ix_study_session_phase", "study_session")
    op.create_index("ix_study_session_phase_heard_at_ms", "study_session", ["phase", "heard_at_ms"])
    _swap_answer(_JSON)
    _rebuild("pending_piece", _piece_columns(is_new=False), by_key=False)
    _rebuild("lesson_coverage", _coverage_columns(is_new=False), by_key=False)
    _rebuild("study_batch", _batch_columns(is_new=False), _unpacked, by_key=False)


def _swap_answer(kind: sa.types.TypeEngine) -> None:
    """The last answer is only for a batch that is sent twice: the open ones ask again."""
    op.drop_column("study_session", "last_answer")
    op.add_column("study_session", sa.Column("last_answer", kind, nullable=True))
