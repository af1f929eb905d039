"""A certificate may be issued in another one's place: one first for an enrolment, then a chain."""

import sqlalchemy as sa
from alembic import op

revision = "3f8b5d0c2a64"
down_revision = "2e7a4c9b1f53"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("replaces_id", sa.String(length=26), nullable=True))
        table.add_column(
            sa.Column("reissue_granted_at", sa.DateTime(timezone=True), nullable=True)
        )
        table.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_certificate_replaces_id_certificate"), "certificate", ["replaces_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_certificate_replaces_id"), ["replaces_id"])
        table.drop_constraint(op.f("uq_certificate_enrolment_id"), type_="unique")
    op.create_index(op.f("ix_certificate_enrolment_id"), "certificate", ["enrolment_id"])
    op.create_index(
        "uq_certificate_first_of_enrolment", "certificate", ["enrolment_id"], unique=True,
        sqlite_where=sa.text("replaces_id IS NULL"),
        postgresql_where=sa.text("replaces_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_certificate_first_of_enrolment", table_name="certificate")
    op.drop_index(op.f("ix_certificate_enrolment_id"), table_name="certificate")
    with op.batch_alter_table("certificate") as table:
        table.create_unique_constraint(op.f("uq_certificate_enrolment_id"), ["enrolment_id"])
        table.drop_constraint(op.f("uq_certificate_replaces_id"), type_="unique")
        table.drop_constraint(
            op.f("fk_certificate_replaces_id_certificate"), type_="foreignkey"
        )
        table.drop_column("superseded_at")
        table.drop_column("reissue_granted_at")
        table.drop_column("replaces_id")
