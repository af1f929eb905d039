"""Roll calls at a site, and who was there."""

import sqlalchemy as sa
from alembic import op

revision = "b1e4d7a90c35"
down_revision = "8c41e7d2f0b5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll_call",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("supervisor_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["person.id"], name=op.f("fk_roll_call_supervisor_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_call")),
    )
    op.create_index(op.f("ix_roll_call_org_id_opened_at"), "roll_call", ["org_id", "opened_at"])
    op.create_table(
        "roll_presence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("roll_call_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_roll_presence_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["roll_call_id"], ["roll_call.id"],
            name=op.f("fk_roll_presence_roll_call_id_roll_call"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_presence")),
        sa.UniqueConstraint(
            "roll_call_id", "person_id", name=op.f("uq_roll_presence_roll_call_id_person_id")
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_roll_presence_person_id_joined_at"), "roll_presence", ["person_id", "joined_at"]
    )


def downgrade() -> None:
    op.drop_table("roll_presence")
    op.drop_table("roll_call")
