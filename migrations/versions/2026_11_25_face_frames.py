"""Hashes of frames that a face check has seen, so that a recording is known again."""

import sqlalchemy as sa
from alembic import op

revision = "c41e7a90b2d6"
down_revision = "8b1f0c3e9a57"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "face_frame",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_face_frame_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_face_frame")),
    )


def downgrade() -> None:
    op.drop_table("face_frame")
