"""The book of wrong answers: tries at its questions."""

import sqlalchemy as sa
from alembic import op

revision = "b90e5c21f7d4"
down_revision = "5d0c93a7e18b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_try",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["exam_item.id"], name=op.f("fk_exam_try_item_id_exam_item")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_exam_try_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_try")),
    )
    op.create_index(
        op.f("ix_exam_try_learner_id_item_id"), "exam_try", ["learner_id", "item_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_exam_try_learner_id_item_id"), table_name="exam_try")
    op.drop_table("exam_try")
