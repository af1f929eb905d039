"""Every attempt's id, and who was asked, beside an answer of the registry.

Both are empty for answers from before: nobody wrote them down.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5b8e02c7d914"
down_revision = "d27c60f4e1a8"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("registry_lookup", sa.Column("earlier_ids", _JSON, nullable=True))
    op.add_column("registry_lookup", sa.Column("source", sa.String(80), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("registry_lookup") as batch_op:
        batch_op.drop_column("source")
        batch_op.drop_column("earlier_ids")
