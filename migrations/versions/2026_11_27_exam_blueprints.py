"""Papers by blueprint: what each draws, and the seed with which it is drawn again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c5e03b804bf6"
down_revision = "b4d92a7f3ae5"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "exam_blueprint",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("course_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sections", _JSON, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_exam_blueprint_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_blueprint")),
        sa.UniqueConstraint(
            "course_id", "number", name=op.f("uq_exam_blueprint_course_id_number")
        ),
    )
    with op.batch_alter_table("exam_attempt") as table:
        table.add_column(sa.Column("drawn", _JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("exam_attempt") as table:
        table.drop_column("drawn")
    op.drop_table("exam_blueprint")
