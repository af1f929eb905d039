"""Films cut into pieces (HLS), and which medium the bytes of a delivery are of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b7d25f90ac13"
down_revision = "7f2c94d1b3e8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("media_asset", sa.Column("hls", kind, nullable=True))
    op.add_column("media_delivery", sa.Column("asset_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column("media_delivery", "asset_id")
    op.drop_column("media_asset", "hls")
