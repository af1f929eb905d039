"""Why a switch of the platform was turned."""

import sqlalchemy as sa
from alembic import op

revision = "b3e81d5c7a40"
down_revision = "9a6d30f4b7c2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("switch_state") as table:
        table.add_column(sa.Column("reason", sa.String(300), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("switch_state") as table:
        table.drop_column("reason")
