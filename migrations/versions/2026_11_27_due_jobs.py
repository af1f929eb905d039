"""The oldest job that is due is found without sorting those of its moment."""

from alembic import op

revision = "6c1e8a3f5d97"
down_revision = "5b0d7f2e4c86"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_job") as batch_op:
        batch_op.drop_index("ix_outbox_job_state_run_at")
        batch_op.create_index("ix_outbox_job_state_run_at_id", ["state", "run_at", "id"])


def downgrade() -> None:
    with op.batch_alter_table("outbox_job") as batch_op:
        batch_op.drop_index("ix_outbox_job_state_run_at_id")
        batch_op.create_index("ix_outbox_job_state_run_at", ["state", "run_at"])
