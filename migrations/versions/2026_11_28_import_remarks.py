"""What of a file an import did not read: columns and sheets."""

import sqlalchemy as sa
from alembic import op

revision = "9a6d30f4b7c2"
down_revision = "7e04c8d1a36b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_import") as table:
        table.add_column(
            sa.Column("remarks", sa.String(700), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("roster_import") as table:
        table.drop_column("remarks")
