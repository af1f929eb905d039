"""At which stage before its deadline the person of an assignment was reminded."""

import sqlalchemy as sa
from alembic import op

revision = "3e7a1d94c06b"
down_revision = "c4d19e7a5b02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assignment_member") as table:
        table.add_column(sa.Column("reminded_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("assignment_member") as table:
        table.drop_column("reminded_days")
