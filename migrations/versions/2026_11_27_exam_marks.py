"""People mark short answers: one row for what each of them gave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b4d92a7f3ae5"
down_revision = "a3c81f6e29d4"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "exam_mark",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("marker_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("points", _JSON, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["exam_attempt.id"], name=op.f("fk_exam_mark_attempt_id_exam_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["exam_item.id"], name=op.f("fk_exam_mark_item_id_exam_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_mark")),
        sa.UniqueConstraint(
            "attempt_id", "item_id", "place", name=op.f("uq_exam_mark_attempt_id_item_id_place")
        ),
        sa.UniqueConstraint(
            "attempt_id", "item_id", "marker_id",
            name=op.f("uq_exam_mark_attempt_id_item_id_marker_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("exam_mark")
