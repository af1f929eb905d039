"""Imports of rosters, and finding somebody on a long one without opening it."""

import sqlalchemy as sa
from alembic import op

revision = "8d2f5b0e3c71"
down_revision = "7c1e4a9d2b60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Lines from before have no index: the key is not the database's. A search opens those.
    op.add_column("roster_entry", sa.Column("name_index", sa.String(length=32), nullable=True))
    op.add_column("roster_entry", sa.Column("ending_index", sa.String(length=32), nullable=True))
    for column in ("name_index", "ending_index"):
        op.create_index(
            op.f(f"ix_roster_entry_org_id_{column}"), "roster_entry", ["org_id", column]
        )
    op.create_index(
        op.f("ix_staff_member_org_id_unit_id"), "staff_member", ["org_id", "unit", "id"]
    )
    _create_import()
    _create_findings()


def _create_import() -> None:
    counts = ("lines_done", "lines", "faulty", "fresh", "changed", "unchanged", "kept")
    op.create_table(
        "roster_import",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("only_good", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_roster_import_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    for second in ("org_id_made_at", "state_made_at"):
        first, _, _ = second.partition("_made_at")
        op.create_index(op.f(f"ix_roster_import_{second}"), "roster_import", [first, "made_at"])


def _create_findings() -> None:
    op.create_table(
        "roster_finding",
        sa.Column("import_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("remedy", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"],
            name=op.f("fk_roster_finding_import_id_roster_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_roster_finding")),
    )
    texts = ("unit_before", "position_before", "unit_after", "position_after")
    op.create_table(
        "roster_step",
        sa.Column("import_id", sa.String(length=26), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        *(sa.Column(name, sa.String(length=60), nullable=False) for name in texts),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"],
            name=op.f("fk_roster_step_import_id_roster_import"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_roster_step_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("import_id", "staff_id", name=op.f("pk_roster_step")),
    )


def downgrade() -> None:
    op.drop_table("roster_step")
    op.drop_table("roster_finding")
    op.drop_table("roster_import")
    op.drop_index(op.f("ix_staff_member_org_id_unit_id"), "staff_member")
    for column in ("ending_index", "name_index"):
        op.drop_index(op.f(f"ix_roster_entry_org_id_{column}"), "roster_entry")
        op.drop_column("roster_entry", column)
