"""A granted reissue is bound to the name that it was granted for."""

import sqlalchemy as sa
from alembic import op

revision = "8d2f5b9e6a30"
down_revision = "7c1e4a8d5f29"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grants from before are bound to no name: one that is still to be issued is asked for anew."""
    op.add_column("certificate", sa.Column("reissue_bound", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("certificate", "reissue_bound")
