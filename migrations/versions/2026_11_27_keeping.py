"""What has reached its period is found without a scan."""

import sqlalchemy as sa
from alembic import op

revision = "c83f5a1e9d04"
down_revision = "e7b1a90c35d4"
branch_labels = None
depends_on = None

_HAS_DETAILS = sa.text("prompt IS NOT NULL OR question IS NOT NULL OR code_hash IS NOT NULL")


def upgrade() -> None:
    op.create_index(op.f("ix_face_frame_seen_at"), "face_frame", ["seen_at"])
    op.create_index(
        "ix_identity_check_details", "identity_check", ["id"],
        sqlite_where=_HAS_DETAILS, postgresql_where=_HAS_DETAILS,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_identity_check_details", table_name="identity_check")
    op.drop_index(op.f("ix_face_frame_seen_at"), table_name="face_frame")
