"""A one-time code is good in the browser that asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "f1c6a83e05b2"
down_revision = "e7b40d92c1f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("phone_code", sa.Column("device_id", sa.String(40), nullable=True))


def downgrade() -> None:
    op.drop_column("phone_code", "device_id")
