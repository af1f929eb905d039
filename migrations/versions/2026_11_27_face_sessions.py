"""Face sessions at a certified vendor."""

import sqlalchemy as sa
from alembic import op

revision = "e7b1a90c35d4"
down_revision = "a41f6c90d2e7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "face_session",
        sa.Column("check_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("order_no", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=200), nullable=False),
        sa.Column("page_url", sa.String(length=2000), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("liveness", sa.String(length=20), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("quality", sa.Double(), nullable=True),
        sa.Column("transaction_id", sa.String(length=80), nullable=True),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["identity_check.id"],
            name=op.f("fk_face_session_check_id_identity_check"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_face_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_face_session")),
        sa.UniqueConstraint("order_no", name=op.f("uq_face_session_order_no")),
        sa.UniqueConstraint("token", name=op.f("uq_face_session_token")),
    )  # fmt: skip
    op.create_index(op.f("ix_face_session_person_id"), "face_session", ["person_id"])


def downgrade() -> None:
    op.drop_table("face_session")
