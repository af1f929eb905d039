"""A holder lets a verifier read the full name with a code, once."""

import sqlalchemy as sa
from alembic import op

revision = "5b0d7f2e4c86"
down_revision = "4a9c6e1d3b75"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_code",
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"],
            name=op.f("fk_certificate_code_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_code")),
    )
    op.create_index(op.f("ix_certificate_code_ends_at"), "certificate_code", ["ends_at"])


def downgrade() -> None:
    op.drop_table("certificate_code")
