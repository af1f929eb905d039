"""Passwords, another way in beside the phone's code."""

import sqlalchemy as sa
from alembic import op

revision = "c83f19b6d047"
down_revision = "b52e8d71f3a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("hashed", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_password_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_password")),
    )


def downgrade() -> None:
    op.drop_table("password")
