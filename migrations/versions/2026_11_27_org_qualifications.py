"""What organisations are by somebody else's word, until when."""

import sqlalchemy as sa
from alembic import op

revision = "a04b7d2e5f93"
down_revision = "9e3a6c1f4d82"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "org_qualification",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proof_kind", sa.String(length=20), nullable=False),
        sa.Column("proof_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("entered_by", sa.String(length=26), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_org_qualification_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_qualification")),
    )
    op.create_index(
        op.f("ix_org_qualification_org_id_state"), "org_qualification", ["org_id", "state"]
    )
    op.create_index(
        op.f("ix_org_qualification_kind_state_valid_until"), "org_qualification",
        ["kind", "state", "valid_until"],
    )


def downgrade() -> None:
    op.drop_table("org_qualification")
