"""Which PDF was issued: its digest, and the name under which the papers of that try are kept."""

import sqlalchemy as sa
from alembic import op

revision = "4c1e8b70d9f2"
down_revision = "d7a92c41b8e3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certificate", sa.Column("drafts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("certificate", sa.Column("draft", sa.Integer(), nullable=True))
    op.add_column("certificate", sa.Column("pdf_digest", sa.String(64), nullable=True))


def downgrade() -> None:
    for name in ("pdf_digest", "draft", "drafts"):
        op.drop_column("certificate", name)
