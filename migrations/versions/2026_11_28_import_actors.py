"""Who said yes to an import of a roster, and who took it back."""

import sqlalchemy as sa
from alembic import op

revision = "5d92b06ce1f8"
down_revision = "3c1f7ea90b52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_import") as table:
        table.add_column(sa.Column("confirmed_by", sa.String(26), nullable=True))
        table.add_column(sa.Column("undone_by", sa.String(26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("roster_import") as table:
        table.drop_column("undone_by")
        table.drop_column("confirmed_by")
