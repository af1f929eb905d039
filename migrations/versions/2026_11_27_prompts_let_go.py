"""What a check asked goes after a while; a case about a phone names no phone, not even masked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "f5d08a27b1c6"
down_revision = "e3c9b15f6a08"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ASKS_OF_PERSON = sa.text("kind = 'identity' AND prompt IS NOT NULL")
_MASKED = ("old_phone", "new_phone")


def upgrade() -> None:
    with op.batch_alter_table("study_challenge") as table:
        table.alter_column("prompt", existing_type=_JSON, nullable=True)
    op.create_index(
        "ix_study_challenge_prompts", "study_challenge", ["id"],
        sqlite_where=_ASKS_OF_PERSON, postgresql_where=_ASKS_OF_PERSON,
    )  # fmt: skip
    cases = sa.table(
        "review_case", sa.column("id"), sa.column("kind"), sa.column("facts", _JSON)
    )  # fmt: skip
    about_phones = sa.select(cases.c.id, cases.c.facts).where(cases.c.kind == "phone_change")
    for row in op.get_bind().execute(about_phones).all():
        left = {name: value for name, value in row.facts.items() if name not in _MASKED}
        op.execute(cases.update().where(cases.c.id == row.id).values(facts=left))


def downgrade() -> None:
    op.drop_index("ix_study_challenge_prompts", table_name="study_challenge")
    op.execute("UPDATE study_challenge SET prompt = '{}' WHERE prompt IS NULL")
    with op.batch_alter_table("study_challenge") as table:
        table.alter_column("prompt", existing_type=_JSON, nullable=False)
