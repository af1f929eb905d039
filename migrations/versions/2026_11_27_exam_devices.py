"""A paper is answered on one device at a time: the one on which it was begun or gone on with."""

import sqlalchemy as sa
from alembic import op

revision = "d6f14c915c07"
down_revision = "c5e03b804bf6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("exam_attempt") as table:
        table.add_column(sa.Column("device_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("exam_attempt") as table:
        table.drop_column("device_id")
