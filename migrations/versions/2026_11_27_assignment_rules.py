"""Assignments by rule, and whom each rule has met."""

import sqlalchemy as sa
from alembic import op

revision = "6e1d8b40f27a"
down_revision = "3c5a9e71d0b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moments = ("made_at", "done_at", "ended_at", "withdrawn_at")
    op.create_table(
        "assignment_rule",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("org_id", sa.String(26), nullable=False),
        sa.Column("course_id", sa.String(26), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("aim", sa.String(10), nullable=False),
        *(sa.Column(name, sa.String(26), nullable=True) for name in _TARGETS),
        sa.Column("target_name", sa.String(200), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("certificate_kind", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(26), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=name != "made_at")
            for name in moments
        ),
        sa.Column("trouble", sa.String(300), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_assignment_rule_{column}_{table}")
            )
            for column, table in (
                ("org_id", "organisation"), ("course_id", "course"), ("unit_id", "org_unit"),
                ("position_id", "org_position"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule")),
    )  # fmt: skip
    for columns in (["org_id", "made_at"], ["stands", "ended_at", "id"], ["unit_id"]):
        name = op.f(f"ix_assignment_rule_{'_'.join(columns)}")
        op.create_index(name, "assignment_rule", columns)
    op.create_table(
        "assignment_rule_member",
        sa.Column("rule_id", sa.String(26), nullable=False),
        sa.Column("staff_id", sa.String(26), nullable=False),
        sa.Column("cause", sa.String(26), nullable=False),
        sa.Column("assignment_id", sa.String(26), nullable=True),
        sa.Column("fate", sa.String(10), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_assignment_rule_member_{column}_{table}")
            )
            for column, table in (
                ("rule_id", "assignment_rule"), ("staff_id", "staff_member"),
                ("assignment_id", "assignment"),
            )
        ),
        sa.PrimaryKeyConstraint(
            "rule_id", "staff_id", "cause", name=op.f("pk_assignment_rule_member")
        ),
    )  # fmt: skip
    for columns in (["staff_id"], ["rule_id", "fate"]):
        name = op.f(f"ix_assignment_rule_member_{'_'.join(columns)}")
        op.create_index(name, "assignment_rule_member", columns)


_TARGETS = ("unit_id", "position_id", "tag_id")


def downgrade() -> None:
    op.drop_table("assignment_rule_member")
    op.drop_table("assignment_rule")
