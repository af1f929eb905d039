"""A company's code is brought back once, whichever organisation's trip it is said to end."""

import sqlalchemy as sa
from alembic import op

revision = "0b8e2f4d6a17"
down_revision = "f1c6a2d85b40"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("company_trip") as table:
        table.add_column(sa.Column("code_hash", sa.String(64), nullable=True))
        table.create_index("ix_company_trip_code_hash", ["code_hash"])


def downgrade() -> None:
    with op.batch_alter_table("company_trip") as table:
        table.drop_index("ix_company_trip_code_hash")
        table.drop_column("code_hash")
