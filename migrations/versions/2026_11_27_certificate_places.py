"""Each certificate has a place in a list of bits that says which credentials are revoked."""

import sqlalchemy as sa
from alembic import op

revision = "1c9d3e5f7b28"
down_revision = "0b8e2f4d6a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("status_list", sa.Integer(), nullable=True))
        table.add_column(sa.Column("status_index", sa.Integer(), nullable=True))
        table.create_unique_constraint(
            "uq_certificate_status_list_status_index", ["status_list", "status_index"]
        )
        table.create_index(
            "ix_certificate_status_list_revoked_at", ["status_list", "revoked_at"]
        )


def downgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.drop_index("ix_certificate_status_list_revoked_at")
        table.drop_constraint("uq_certificate_status_list_status_index", type_="unique")
        table.drop_column("status_index")
        table.drop_column("status_list")
