"""A certificate may have a second signature, by SM2."""

import sqlalchemy as sa
from alembic import op

revision = "7e3a91c05d2b"
down_revision = "9e3a6c0f7b41"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certificate", sa.Column("sm2_signature", sa.String(length=88), nullable=True))


def downgrade() -> None:
    op.drop_column("certificate", "sm2_signature")
