"""A limit for each question of an exam: when each one opened, by the server's clock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e1b7046d2c95"
down_revision = "b90e5c21f7d4"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("exam_attempt") as table:
        table.add_column(sa.Column("slots", _JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("exam_attempt") as table:
        table.drop_column("slots")
