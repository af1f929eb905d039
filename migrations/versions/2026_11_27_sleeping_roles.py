"""For whose document a role wakes whose holder's name was taken back."""

import sqlalchemy as sa
from alembic import op

revision = "e3c9b15f6a08"
down_revision = "c4f1a8e27d35"
branch_labels = None
depends_on = None

# Of names that were taken back before, the document is not known any more: no index is empty, so
# these roles end with the next proof.
_UNKNOWN = """
UPDATE role_grant SET document_index = '' WHERE person_id IN (
    SELECT person.id FROM person JOIN audit_event ON audit_event.subject_id = person.id
    WHERE audit_event.event = 'identity.withdrawn' AND person.verified_at IS NULL
)
"""


def upgrade() -> None:
    op.add_column(
        "role_grant", sa.Column("document_index", sa.String(length=64), nullable=True)
    )  # fmt: skip
    op.execute(_UNKNOWN)


def downgrade() -> None:
    op.drop_column("role_grant", "document_index")
