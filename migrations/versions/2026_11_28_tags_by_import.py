"""Which tags an import put on somebody who was on the roster."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d7a92c41b8e3"
down_revision = "c0f47a92e6d8"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("roster_step") as table:
        table.add_column(sa.Column("tags_added", _JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("roster_step") as table:
        table.drop_column("tags_added")
