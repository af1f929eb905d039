"""What a signed-in device is called on its owner's page."""

import sqlalchemy as sa
from alembic import op

revision = "a17c5e02d9b4"
down_revision = "5b8e02c7d914"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.add_column(
            sa.Column("device_label", sa.String(length=40), server_default="", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("device_label")
