"""Duties inside organisations, suspended ones, and applications to be one."""

import sqlalchemy as sa
from alembic import op

revision = "7c1e4a9d2b60"
down_revision = "d6f14c915c07"
branch_labels = None
depends_on = None

# Whoever acted for an organisation until now could do everything there.
_OWNERS = "UPDATE role_grant SET duty = 'owner' WHERE org_id IS NOT NULL"


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("duty", sa.String(length=10), nullable=True))
    op.execute(_OWNERS)
    op.add_column("organisation", sa.Column("type_code", sa.String(length=30), nullable=True))
    op.add_column(
        "organisation", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("organisation", sa.Column("suspend_reason", sa.String(length=500), nullable=True))
    op.add_column("staff_member", sa.Column("offered_duty", sa.String(length=10), nullable=True))
    op.add_column(
        "staff_member", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True)
    )
    _create_application()


def _create_application() -> None:
    op.create_table(
        "organisation_application",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("type_code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("prefecture_code", sa.String(length=6), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("licence_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("licence_kind", sa.String(length=20), nullable=False),
        sa.Column("licence_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"],
            name=op.f("fk_organisation_application_learner_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"],
            name=op.f("fk_organisation_application_org_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_application")),
    )
    op.create_index(
        op.f("ix_organisation_application_learner_id_state"), "organisation_application",
        ["learner_id", "state"],
    )
    op.create_index(
        op.f("ix_organisation_application_uscc_state"), "organisation_application",
        ["uscc", "state"],
    )


def downgrade() -> None:
    op.drop_table("organisation_application")
    op.drop_column("staff_member", "offered_at")
    op.drop_column("staff_member", "offered_duty")
    op.drop_column("organisation", "suspend_reason")
    op.drop_column("organisation", "suspended_at")
    op.drop_column("organisation", "type_code")
    op.drop_column("role_grant", "duty")
