"""Links that holders give out for a certificate; of a link's token a keyed hash alone is kept."""

import sqlalchemy as sa
from alembic import op

revision = "8e2f61d0a794"
down_revision = "6c1e8a3f5d97"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_share",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("token_mac", sa.String(length=64), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("has_pdf", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"],
            name=op.f("fk_certificate_share_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_certificate_share_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_share")),
        sa.UniqueConstraint("token_mac", name=op.f("uq_certificate_share_token_mac")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_certificate_share_certificate_id"), "certificate_share", ["certificate_id"]
    )
    op.create_index(op.f("ix_certificate_share_learner_id"), "certificate_share", ["learner_id"])
    op.create_index(op.f("ix_certificate_share_ends_on"), "certificate_share", ["ends_on"])


def downgrade() -> None:
    op.drop_table("certificate_share")
