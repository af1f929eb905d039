"""How frames of face checks looked, so that a recording is known when it was coded anew."""

import sqlalchemy as sa
from alembic import op

revision = "d27c60f4e1a8"
down_revision = "b1e4d7a90c35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("face_frame", sa.Column("likeness", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("face_frame", "likeness")
