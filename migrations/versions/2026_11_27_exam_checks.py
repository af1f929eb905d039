"""Who sits at an exam is asked and noted: checks of an attempt, and when its page was left."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d0c93a7e18b"
down_revision = "5c0a8e17d3b6"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_OPEN = sa.text("verdict IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("exam_attempt") as table:
        table.add_column(sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("check_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "exam_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("uncertain", sa.Integer(), nullable=False),
        sa.Column("is_heard", sa.Boolean(), nullable=False),
        sa.Column("judging_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lent_ms", sa.Integer(), nullable=False),
        sa.Column("ours_ms", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("prompt_number", sa.Integer(), nullable=False),
        sa.Column("prompt", _JSON, nullable=True),
        sa.Column("check_ids", _JSON, nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["exam_attempt.id"], name=op.f("fk_exam_check_attempt_id_exam_attempt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_check")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_exam_check_attempt_id_number")),
    )
    op.create_index(
        "uq_exam_check_open", "exam_check", ["attempt_id"], unique=True, sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )  # fmt: skip
    op.create_table(
        "exam_absence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["exam_attempt.id"],
            name=op.f("fk_exam_absence_attempt_id_exam_attempt"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_absence")),
        sa.UniqueConstraint(
            "attempt_id", "device_id", "number", name=op.f("uq_exam_absence_attempt_id_device_id_number")
        ),
    )
    op.create_index(op.f("ix_exam_absence_attempt_id"), "exam_absence", ["attempt_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_exam_absence_attempt_id"), table_name="exam_absence")
    op.drop_table("exam_absence")
    op.drop_index("uq_exam_check_open", table_name="exam_check")
    op.drop_table("exam_check")
    with op.batch_alter_table("exam_attempt") as table:
        table.drop_column("check_due_at")
        table.drop_column("heard_at")
