"""A picture on certificates, where its holder wants one."""

import sqlalchemy as sa
from alembic import op

revision = "c41d8b6f9e27"
down_revision = "7e3a91c05d2b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portrait",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("consent_id", sa.String(length=26), nullable=False),
        sa.Column("image_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_portrait_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_portrait_consent_id_consent")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_portrait")),
    )
    op.create_table(
        "certificate_portrait",
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("image_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"],
            name=op.f("fk_certificate_portrait_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"],
            name=op.f("fk_certificate_portrait_learner_id_person"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_portrait")),
    )
    op.create_index(
        op.f("ix_certificate_portrait_learner_id"), "certificate_portrait", ["learner_id"]
    )


def downgrade() -> None:
    op.drop_table("certificate_portrait")
    op.drop_table("portrait")
