"""Since when a person's way of being checked is another one than was known to be theirs."""

import sqlalchemy as sa
from alembic import op

revision = "b7d20e94a6c3"
down_revision = "f1c6a83e05b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("way_doubted_at", sa.DateTime(timezone=True), nullable=True)
    )  # fmt: skip


def downgrade() -> None:
    op.drop_column("person", "way_doubted_at")
