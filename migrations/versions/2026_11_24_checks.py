"""Secret answers and identity checks: the way of being checked without a face."""

import sqlalchemy as sa
from alembic import op


revision = "f8c014423749"
down_revision = "ab847d204e31"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_identity_check_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check")),
    )
    with op.batch_alter_table("identity_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_identity_check_person_id_opened_at"),
            ["person_id", "opened_at"],
            unique=False,
        )

    op.create_table(
        "secret_answer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("answer_hash", sa.String(length=64), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_secret_answer_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_answer")),
        sa.UniqueConstraint(
            "person_id", "question", name=op.f("uq_secret_answer_person_id_question")
        ),
    )


def downgrade() -> None:
    op.drop_table("secret_answer")
    with op.batch_alter_table("identity_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_check_person_id_opened_at"))

    op.drop_table("identity_check")
