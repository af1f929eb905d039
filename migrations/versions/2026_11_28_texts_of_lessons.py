"""Texts of lessons carry a number: of two authors the second is told, and by whom and when."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "a7c41f09d3be"
down_revision = "a4d0c7e3185f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: it would make the table anew, without the triggers that keep what was published.
    op.add_column("lesson", sa.Column("text_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("lesson", sa.Column("text_by", sa.String(26), nullable=True))
    op.add_column("lesson", sa.Column("text_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    for name in ("text_at", "text_by", "text_number"):
        op.drop_column("lesson", name)
