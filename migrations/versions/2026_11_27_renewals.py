"""A course may be studied again to renew its certificate, and holders are reminded before the end."""

import sqlalchemy as sa
from alembic import op

revision = "4a9c6e1d3b75"
down_revision = "3f8b5d0c2a64"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("enrolment") as table:
        table.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint(op.f("uq_enrolment_learner_id_course_id"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_enrolment_learner_id_course_id_round"), ["learner_id", "course_id", "round"]
        )
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("reminded_days", sa.Integer(), nullable=True))
        table.create_index(op.f("ix_certificate_expires_on"), ["expires_on"])


def downgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.drop_index(op.f("ix_certificate_expires_on"))
        table.drop_column("reminded_days")
    with op.batch_alter_table("enrolment") as table:
        table.drop_constraint(op.f("uq_enrolment_learner_id_course_id_round"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_enrolment_learner_id_course_id"), ["learner_id", "course_id"]
        )
        table.drop_column("round")
