"""Questions on stretches of a lesson, for presence checks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7f2c94d1b3e8"
down_revision = "6d2f8a0b71c4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.JSON().with_variant(JSONB(), "postgresql")
    with op.batch_alter_table("lesson") as table:
        table.add_column(sa.Column("questions", kind, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lesson") as table:
        table.drop_column("questions")
