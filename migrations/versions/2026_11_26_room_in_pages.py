"""Room in the pages of what each beat changes, so that PostgreSQL changes it where it stands."""

from alembic import op

revision = "8c41e7d2f0b5"
down_revision = "6f2b8d41c7a9"
branch_labels = None
depends_on = None

# A row that moves to another page is entered anew in every index of its table; of sessions, five.
_TABLES = ("study_learner", "study_session", "lesson_coverage", "pending_piece")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 70)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
