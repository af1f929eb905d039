"""Whether a hold ended since a session's last beat."""

import sqlalchemy as sa
from alembic import op

revision = "5d0c1f6a27be"
down_revision = "03ebca0bd569"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_restarted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.alter_column("is_restarted", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.drop_column("is_restarted")
