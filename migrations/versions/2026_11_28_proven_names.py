"""What an employer had written of who joined with another, proven name."""

import sqlalchemy as sa
from alembic import op

revision = "3c1f7ea90b52"
down_revision = "a7c41f09d3be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_entry") as table:
        table.add_column(sa.Column("entered_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("roster_entry") as table:
        table.drop_column("entered_sealed")
