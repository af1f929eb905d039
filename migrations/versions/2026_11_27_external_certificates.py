"""Certificates of others that holders record themselves; nobody here has verified them."""

import sqlalchemy as sa
from alembic import op

revision = "7e41b90c5d23"
down_revision = "1c9d3e5f7b28"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_certificate",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("learner_id", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.String(64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_external_certificate_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_certificate")),
        sa.UniqueConstraint(
            "learner_id", "number_index",
            name=op.f("uq_external_certificate_learner_id_number_index"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("external_certificate")
