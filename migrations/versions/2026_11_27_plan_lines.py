"""The annual plan of training, line by line."""

import sqlalchemy as sa
from alembic import op

revision = "b27f4c819e05"
down_revision = "6e1d8b40f27a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_line",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("org_id", sa.String(26), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(26), nullable=True),
        sa.Column("course_id", sa.String(26), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("budget_yuan", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_plan_line_{column}_{table}")
            )
            for column, table in (
                ("org_id", "organisation"), ("unit_id", "org_unit"), ("course_id", "course"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
    )  # fmt: skip
    op.create_index(op.f("ix_plan_line_org_id_year_id"), "plan_line", ["org_id", "year", "id"])
    op.create_index(op.f("ix_plan_line_unit_id"), "plan_line", ["unit_id"])


def downgrade() -> None:
    op.drop_table("plan_line")
