"""By what the keys are known again that a database was begun with."""

import sqlalchemy as sa
from alembic import op

revision = "a6e41d93c720"
down_revision = "f5d08a27b1c6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_mark",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_key_mark")),
    )


def downgrade() -> None:
    op.drop_table("key_mark")
