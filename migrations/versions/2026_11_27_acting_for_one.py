"""Of several organisations a sign-in acts for one."""

import sqlalchemy as sa
from alembic import op

revision = "5e8f21c7d90b"
down_revision = "d31c9e07b6a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("acting_org_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "acting_org_id")
