"""Questions belong to banks: a course may draw from several, and each edit is a version."""

import sqlalchemy as sa
from alembic import op

revision = "a3c81f6e29d4"
down_revision = "d71e6b0a94c5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_bank",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisation.id"], name=op.f("fk_exam_bank_owner_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_bank")),
    )
    op.create_index(op.f("ix_exam_bank_owner_id"), "exam_bank", ["owner_id"])
    op.create_table(
        "exam_bank_course",
        sa.Column("bank_id", sa.String(length=26), nullable=False),
        sa.Column("course_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["exam_bank.id"], name=op.f("fk_exam_bank_course_bank_id_exam_bank")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_exam_bank_course_course_id_course")
        ),
        sa.PrimaryKeyConstraint("bank_id", "course_id", name=op.f("pk_exam_bank_course")),
    )
    op.create_index(op.f("ix_exam_bank_course_course_id"), "exam_bank_course", ["course_id"])
    # Each course's questions become a bank of the platform, under the course's own id.
    op.execute(
        "INSERT INTO exam_bank (id, owner_id, title, created_at) "
        "SELECT id, NULL, title, created_at FROM course "
        "WHERE id IN (SELECT course_id FROM exam_item)"
    )
    op.execute("INSERT INTO exam_bank_course (bank_id, course_id) SELECT id, id FROM exam_bank")
    with op.batch_alter_table("exam_item") as table:
        table.add_column(sa.Column("bank_id", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        table.add_column(
            sa.Column("chapter", sa.String(length=80), server_default="", nullable=False)
        )
        table.add_column(
            sa.Column("point", sa.String(length=80), server_default="", nullable=False)
        )
        table.add_column(sa.Column("difficulty", sa.Integer(), server_default="3", nullable=False))
        table.add_column(sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("made_by", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE exam_item SET bank_id = course_id")
    op.execute(
        "UPDATE exam_item SET made_at = "
        "(SELECT created_at FROM course WHERE course.id = exam_item.course_id)"
    )
    with op.batch_alter_table("exam_item") as table:
        table.alter_column("bank_id", existing_type=sa.String(length=26), nullable=False)
        table.alter_column(
            "made_at", existing_type=sa.DateTime(timezone=True), nullable=False
        )
        table.drop_constraint(op.f("uq_exam_item_course_id_code"), type_="unique")
        table.drop_constraint(op.f("fk_exam_item_course_id_course"), type_="foreignkey")
        table.drop_column("course_id")
        table.create_foreign_key(
            op.f("fk_exam_item_bank_id_exam_bank"), "exam_bank", ["bank_id"], ["id"]
        )
        table.create_unique_constraint(
            op.f("uq_exam_item_bank_id_code_version"), ["bank_id", "code", "version"]
        )


def downgrade() -> None:
    """Where a course has one bank of its own; what came since (other banks' items) must be gone."""
    with op.batch_alter_table("exam_item") as table:
        table.drop_constraint(op.f("uq_exam_item_bank_id_code_version"), type_="unique")
        table.drop_constraint(op.f("fk_exam_item_bank_id_exam_bank"), type_="foreignkey")
        table.add_column(sa.Column("course_id", sa.String(length=26), nullable=True))
    op.execute(
        "UPDATE exam_item SET course_id = (SELECT MIN(course_id) FROM exam_bank_course "
        "WHERE exam_bank_course.bank_id = exam_item.bank_id)"
    )
    with op.batch_alter_table("exam_item") as table:
        table.alter_column("course_id", existing_type=sa.String(length=26), nullable=False)
        for name in (
            "bank_id", "version", "chapter", "point", "difficulty", "made_at", "made_by",
            "retired_at",
        ):  # fmt: skip
            table.drop_column(name)
        table.create_foreign_key(
            op.f("fk_exam_item_course_id_course"), "course", ["course_id"], ["id"]
        )
        table.create_unique_constraint(
            op.f("uq_exam_item_course_id_code"), ["course_id", "code"]
        )
    op.drop_index(op.f("ix_exam_bank_course_course_id"), table_name="exam_bank_course")
    op.drop_table("exam_bank_course")
    op.drop_index(op.f("ix_exam_bank_owner_id"), table_name="exam_bank")
    op.drop_table("exam_bank")
