"""A change of phones is found by either phone, so that neither begins an account meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "f1c6a2d85b40"
down_revision = "a6e41d93c720"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("phone_change") as table:
        table.add_column(sa.Column("phone_index", sa.String(64), nullable=True))
        table.add_column(sa.Column("old_phone_index", sa.String(64), nullable=True))
        table.create_index("ix_phone_change_phone_index", ["phone_index"])
        table.create_index("ix_phone_change_old_phone_index", ["old_phone_index"])


def downgrade() -> None:
    with op.batch_alter_table("phone_change") as table:
        table.drop_index("ix_phone_change_old_phone_index")
        table.drop_index("ix_phone_change_phone_index")
        table.drop_column("old_phone_index")
        table.drop_column("phone_index")
