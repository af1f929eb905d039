"""Short rows of sessions, and one row of evidence for each that has ended.

A policy stands once for all sessions under it; of the last answer only the verdicts are kept.
"""

import json

import msgspec
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3f0a7d51c6e8"
down_revision = "3e7a1d94c06b"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_POLICY = sa.table("frozen_policy", sa.column("version"), sa.column("fields", _JSON))
_SESSION = sa.table(
    "study_session", sa.column("id"), sa.column("policy_version"), sa.column("policy", _JSON),
    sa.column("last_answer", sa.LargeBinary), sa.column("last_verdicts", sa.LargeBinary),
)  # fmt: skip
_LINK = "fk_study_session_policy_version_frozen_policy"
_INDEX = "ix_study_session_unsealed"
_UNSEALED = sa.text("closed_at IS NOT NULL AND NOT is_sealed")
_MOST = 1000


def upgrade() -> None:
    op.create_table(
        "frozen_policy",
        sa.Column("version", sa.String(16), primary_key=True, nullable=False),
        sa.Column("fields", _JSON, nullable=False),
    )
    connection = op.get_bind()
    kept = {}
    for version, fields in connection.execute(sa.select(_SESSION.c.policy_version, _SESSION.c.policy)):
        kept.setdefault(version, fields)
    if kept:
        op.bulk_insert(_POLICY, [{"version": version, "fields": fields} for version, fields in kept.items()])
    op.add_column("study_session", sa.Column("last_verdicts", sa.LargeBinary(), nullable=True))
    op.add_column("study_session", sa.Column("is_sealed", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    _each_session(_SESSION.c.last_answer, lambda answer: {"last_verdicts": _verdicts(answer)})
    with op.batch_alter_table("study_session") as batch_op:
        batch_op.drop_column("policy")
        batch_op.drop_column("last_answer")
        batch_op.create_foreign_key(_LINK, "frozen_policy", ["policy_version"], ["version"])
        batch_op.create_index(_INDEX, ["closed_at"], sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)
    op.create_table(
        "study_evidence",
        sa.Column("learner_id", sa.String(26), primary_key=True, nullable=False),
        sa.Column("session_id", sa.String(26), sa.ForeignKey("study_session.id"), primary_key=True, nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("credited_ms", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
    )


def _verdicts(answer: bytes) -> bytes:
    told = json.loads(answer)["verdicts"]
    cuts = [[(cut["code"], cut["ms"]) for cut in each["cuts"]] for each in told]
    values = [(each["seq"], each["credited_ms"], lines) for each, lines in zip(told, cuts, strict=True)]
    return msgspec.msgpack.encode(values)


def _each_session(column: sa.ColumnElement, change) -> None:
    """Rows that have this column, a thousand at a time."""
    connection, last = op.get_bind(), ""
    query = sa.select(_SESSION.c.id, column).where(column.is_not(None)).order_by(_SESSION.c.id)
    while found := connection.execute(query.where(_SESSION.c.id > last).limit(_MOST)).all():
        last = found[-1][0]
        for row_id, value in found:
            connection.execute(_SESSION.update().where(_SESSION.c.id == row_id).values(**change(value)))


def downgrade() -> None:
    """The last answers are gone: a batch that is sent again is told to go on from where it is.

    Sealed evidence cannot be taken apart here (its heads need the keys): it must not be thrown away.
    """
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM study_evidence")):
        msg = "sealed evidence cannot go back into batches"
        raise RuntimeError(msg)
    op.drop_table("study_evidence")
    with op.batch_alter_table("study_session") as batch_op:
        batch_op.drop_constraint(_LINK, type_="foreignkey")
        batch_op.add_column(sa.Column("policy", _JSON, nullable=True))
        batch_op.add_column(sa.Column("last_answer", sa.LargeBinary(), nullable=True))
        batch_op.drop_index(_INDEX)
        batch_op.drop_column("last_verdicts")
        batch_op.drop_column("is_sealed")
    policy = sa.select(_POLICY.c.fields).where(_POLICY.c.version == _SESSION.c.policy_version)
    op.execute(_SESSION.update().values(policy=policy.scalar_subquery()))
    with op.batch_alter_table("study_session") as batch_op:
        batch_op.alter_column("policy", existing_type=_JSON, nullable=False)
    op.drop_table("frozen_policy")
