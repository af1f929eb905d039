"""A certificate may be suspended by one reviewer, until a day on which it stands again."""

import sqlalchemy as sa
from alembic import op

revision = "2e7a4c9b1f53"
down_revision = "7e41b90c5d23"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_suspension",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.String(length=26), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=26), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"],
            name=op.f("fk_certificate_suspension_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_suspension")),
    )
    op.create_index(
        op.f("ix_certificate_suspension_certificate_id"), "certificate_suspension",
        ["certificate_id"],
    )


def downgrade() -> None:
    op.drop_table("certificate_suspension")
