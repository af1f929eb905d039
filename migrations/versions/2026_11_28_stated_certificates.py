"""Certificates from elsewhere that employers state for their people."""

import sqlalchemy as sa
from alembic import op

revision = "a4d0c7e3185f"
down_revision = "a5c7d19e3b40"
branch_labels = None
depends_on = None

_TABLE = "stated_certificate"
_LISTED = sa.text("state IN ('waiting', 'confirmed')")


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.String(length=26), nullable=True),
        sa.Column("number_index", sa.String(length=64), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proof_kind", sa.String(length=20), nullable=False),
        sa.Column("proof_digest", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stated_by", sa.String(length=26), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrects_id", sa.String(length=26), nullable=True),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_stated_certificate_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"],
            name=op.f("fk_stated_certificate_staff_id_staff_member"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_stated_certificate_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_stated_certificate_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_certificate")),
    )  # fmt: skip
    op.create_index(op.f("ix_stated_certificate_staff_id"), _TABLE, ["staff_id"])
    op.create_index(op.f("ix_stated_certificate_learner_id"), _TABLE, ["learner_id"])
    op.create_index(
        op.f("ix_stated_certificate_state_valid_until"), _TABLE, ["state", "valid_until"]
    )
    op.create_index(
        "ix_stated_certificate_listed", _TABLE, ["org_id", "valid_until", "id"],
        sqlite_where=_LISTED, postgresql_where=_LISTED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table(_TABLE)
