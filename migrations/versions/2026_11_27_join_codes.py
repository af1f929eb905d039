"""Codes with which people join an organisation themselves."""

import sqlalchemy as sa
from alembic import op

revision = "9e3a6c1f4d82"
down_revision = "8d2f5b0e3c71"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "join_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_join_code_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_code")),
        sa.UniqueConstraint("code_index", name=op.f("uq_join_code_code_index")),
    )
    op.create_index(op.f("ix_join_code_org_id_made_at"), "join_code", ["org_id", "made_at"])


def downgrade() -> None:
    op.drop_table("join_code")
