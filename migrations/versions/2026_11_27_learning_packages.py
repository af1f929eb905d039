"""Learning packages (SCORM, cmi5) that were unpacked, and what they keep for a learner."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5c0a8e17d3b6"
down_revision = "c1a55e57e001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "course_package",
        sa.Column("asset_id", sa.String(length=26), nullable=False),
        sa.Column("standard", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("parts", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["media_asset.id"], name=op.f("fk_course_package_asset_id_media_asset")
        ),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_course_package")),
    )
    op.create_table(
        "package_file",
        sa.Column("asset_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["course_package.asset_id"],
            name=op.f("fk_package_file_asset_id_course_package"),
        ),
        sa.PrimaryKeyConstraint("asset_id", "name", name=op.f("pk_package_file")),
    )
    op.create_table(
        "package_record",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name_index", sa.String(length=64), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_package_record_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"],
            name=op.f("fk_package_record_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_package_record_lesson_id_lesson")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_record")),
        sa.UniqueConstraint(
            "learner_id", "enrolment_id", "lesson_id", "part", "kind", "name_index",
            name=op.f("uq_package_record_place"),
        ),
    )


def downgrade() -> None:
    op.drop_table("package_record")
    op.drop_table("package_file")
    op.drop_table("course_package")
