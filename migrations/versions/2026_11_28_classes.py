"""Classes of employers and institutions: their plan, their people, and the archive of each."""

import sqlalchemy as sa
from alembic import op

revision = "c1a55e57e001"
down_revision = "7c2e9f4b1d63"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_class",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("enrol_until", sa.Date(), nullable=True),
        sa.Column("contract", sa.String(length=60), nullable=False),
        sa.Column("price_yuan", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("applied_by", sa.String(length=26), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=26), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("closed_by", sa.String(length=26), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_training_class_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_class")),
    )
    op.create_index(
        op.f("ix_training_class_is_public_state_starts_on"),
        "training_class",
        ["is_public", "state", "starts_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_training_class_org_id_state_starts_on"),
        "training_class",
        ["org_id", "state", "starts_on"],
        unique=False,
    )
    op.create_table(
        "class_course",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("course_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_class.id"],
            name=op.f("fk_class_course_class_id_training_class"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_class_course_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_course")),
        sa.UniqueConstraint(
            "class_id", "course_id", name=op.f("uq_class_course_class_id_course_id")
        ),
    )
    op.create_table(
        "class_teacher",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_class.id"],
            name=op.f("fk_class_teacher_class_id_training_class"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_teacher")),
        sa.UniqueConstraint(
            "class_id", "person_id", name=op.f("uq_class_teacher_class_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_class_teacher_person_id"), "class_teacher", ["person_id"], unique=False
    )
    op.create_table(
        "class_unit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_class.id"], name=op.f("fk_class_unit_class_id_training_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_unit")),
    )
    op.create_index(
        op.f("ix_class_unit_class_id_day_starts_at"),
        "class_unit",
        ["class_id", "day", "starts_at"],
        unique=False,
    )
    op.create_table(
        "class_roll_call",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("unit_id", sa.String(length=26), nullable=False),
        sa.Column("roll_call_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["class_unit.id"], name=op.f("fk_class_roll_call_unit_id_class_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_roll_call")),
        sa.UniqueConstraint("roll_call_id", name=op.f("uq_class_roll_call_roll_call_id")),
    )
    op.create_index(
        op.f("ix_class_roll_call_unit_id"), "class_roll_call", ["unit_id"], unique=False
    )
    op.create_table(
        "class_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=26), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_class.id"],
            name=op.f("fk_class_change_class_id_training_class"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_change")),
    )
    op.create_index(op.f("ix_class_change_class_id"), "class_change", ["class_id"], unique=False)
    op.create_table(
        "class_member",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_class.id"],
            name=op.f("fk_class_member_class_id_training_class"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_member")),
        sa.UniqueConstraint(
            "class_id", "learner_id", name=op.f("uq_class_member_class_id_learner_id")
        ),
    )
    op.create_index(
        op.f("ix_class_member_class_id_state_turn"),
        "class_member",
        ["class_id", "state", "turn"],
        unique=False,
    )
    op.create_index(
        op.f("ix_class_member_learner_id"), "class_member", ["learner_id"], unique=False
    )
    op.create_table(
        "class_study",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("member_id", sa.String(length=26), nullable=False),
        sa.Column("course_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_class_study_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_class_study_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["class_member.id"], name=op.f("fk_class_study_member_id_class_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_study")),
        sa.UniqueConstraint(
            "member_id", "course_id", name=op.f("uq_class_study_member_id_course_id")
        ),
    )
    op.create_index(
        op.f("ix_class_study_enrolment_id"), "class_study", ["enrolment_id"], unique=False
    )
    op.create_table(
        "class_archive",
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["training_class.id"],
            name=op.f("fk_class_archive_class_id_training_class"),
        ),
        sa.PrimaryKeyConstraint("class_id", name=op.f("pk_class_archive")),
        sa.UniqueConstraint("digest", name=op.f("uq_class_archive_digest")),
    )


def downgrade() -> None:
    op.drop_table("class_archive")
    op.drop_table("class_study")
    op.drop_table("class_member")
    op.drop_table("class_change")
    op.drop_table("class_roll_call")
    op.drop_table("class_unit")
    op.drop_table("class_teacher")
    op.drop_table("class_course")
    op.drop_table("training_class")
