"""Evidence is found by the moment it was sealed, from which its period runs."""

from alembic import op

revision = "d4a81f07c9b2"
down_revision = "b7d20e94a6c3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_study_evidence_sealed_at", "study_evidence", ["sealed_at"])


def downgrade() -> None:
    op.drop_index("ix_study_evidence_sealed_at", table_name="study_evidence")
