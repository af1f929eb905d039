"""Institutions make courses: what is written, films that are sent and coded, reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d71e6b0a94c5"
down_revision = "c3a81f5d7e92"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)
_ID = sa.String(26)
# Added one by one: made anew, the table would lose the triggers that keep what is published.
_OF_LESSON = (("module", sa.String(20)), ("source", sa.Text()), ("captions", sa.Text()))


def upgrade() -> None:
    for name, kind in _OF_LESSON:
        op.add_column("lesson", sa.Column(name, kind, nullable=True))
    op.add_column("media_asset", sa.Column("light", _JSON, nullable=True))
    op.create_table(
        "film_upload",
        sa.Column("id", _ID, nullable=False),
        sa.Column("org_id", _ID, nullable=False),
        sa.Column("lesson_id", _ID, nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("piece_size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_film_upload_org_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_upload")),
    )
    op.create_index(op.f("ix_film_upload_org_id_state"), "film_upload", ["org_id", "state"])
    op.create_index(op.f("ix_film_upload_lesson_id"), "film_upload", ["lesson_id"])
    op.create_table(
        "film_piece",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["film_upload.id"], name=op.f("fk_film_piece_upload_id_film_upload")),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_film_piece")),
    )
    op.create_table(
        "film_work",
        sa.Column("asset_id", _ID, nullable=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False, server_default=""),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["media_asset.id"], name=op.f("fk_film_work_asset_id_media_asset")),
        sa.ForeignKeyConstraint(["upload_id"], ["film_upload.id"], name=op.f("fk_film_work_upload_id_film_upload")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_film_work")),
    )
    op.create_table(
        "version_review",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("reviewer_id", _ID, nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("comments", _JSON, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_version.id"],
            name=op.f("fk_version_review_version_id_course_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_review")),
    )
    op.create_index(op.f("ix_version_review_version_id"), "version_review", ["version_id"])


def downgrade() -> None:
    for table in ("version_review", "film_work", "film_piece", "film_upload"):
        op.drop_table(table)
    op.drop_column("media_asset", "light")
    for name, _ in reversed(_OF_LESSON):
        op.drop_column("lesson", name)
