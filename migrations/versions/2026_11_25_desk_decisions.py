"""Two people for what is grave, who opened whose file for which case, time given back."""

import sqlalchemy as sa
from alembic import op

revision = "c4d19e7a5b02"
down_revision = "8c41d7f0be95"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("review_case") as batch_op:
        batch_op.add_column(sa.Column("proposed_decision", sa.String(20), nullable=True))
        batch_op.add_column(sa.Column("proposed_by", sa.String(26), nullable=True))
        batch_op.add_column(sa.Column("proposed_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("access_entry") as batch_op:
        batch_op.alter_column("purpose", existing_type=sa.String(40), type_=sa.String(200), existing_nullable=False)
        batch_op.add_column(sa.Column("what", sa.String(20), nullable=False, server_default="file"))
        batch_op.add_column(sa.Column("case_id", sa.String(26), nullable=True))
        batch_op.create_index("ix_access_entry_case_id", ["case_id"])
    with op.batch_alter_table("study_cut") as batch_op:
        batch_op.add_column(sa.Column("granted_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    with op.batch_alter_table("study_cut") as batch_op:
        batch_op.drop_column("granted_ms")
    # A purpose that is longer than the old column cannot be kept whole.
    op.execute("UPDATE access_entry SET purpose = substr(purpose, 1, 40)")
    with op.batch_alter_table("access_entry") as batch_op:
        batch_op.drop_index("ix_access_entry_case_id")
        batch_op.drop_column("case_id")
        batch_op.drop_column("what")
        batch_op.alter_column("purpose", existing_type=sa.String(200), type_=sa.String(40), existing_nullable=False)
    with op.batch_alter_table("review_case") as batch_op:
        for name in ("proposed_at", "proposed_reason", "proposed_by", "proposed_decision"):
            batch_op.drop_column(name)
