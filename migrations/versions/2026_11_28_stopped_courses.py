"""Since when nobody new is let into a course, because its institution is suspended."""

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "c0f47a92e6d8"
down_revision = "b3e81d5c7a40"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("course") as table:
        table.add_column(sa.Column("stopped_at", UtcDateTime(), nullable=True))
    op.execute(
        "UPDATE course SET stopped_at = (SELECT organisation.suspended_at FROM organisation"
        " WHERE organisation.id = course.org_id) WHERE org_id IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("course") as table:
        table.drop_column("stopped_at")
