"""A line of a roster counts its changes, so that undoing an import sees what came after it."""

import sqlalchemy as sa
from alembic import op

revision = "7e04c8d1a36b"
down_revision = "5d92b06ce1f8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff_member") as table:
        table.add_column(sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("roster_step") as table:
        table.add_column(
            sa.Column("changes_after", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    with op.batch_alter_table("roster_step") as table:
        table.drop_column("changes_after")
    with op.batch_alter_table("staff_member") as table:
        table.drop_column("changes")
