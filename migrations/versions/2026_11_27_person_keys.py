"""A key for each person, requests for deletion, and certificates whose holder is gone.

Keys are made with the ring, which a migration does not have: people from before get theirs when
something of theirs is written next, or by `./run cli keys reseal`.
"""

import sqlalchemy as sa
from alembic import op

revision = "a41f6c90d2e7"
down_revision = "c83f19b6d047"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "person_key",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_key_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_key")),
    )
    op.create_table(
        "deletion_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        _moment("asked_at"), _moment("due_at"), _moment("cancelled_at", nullable=True),
        _moment("done_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deletion_request_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_request")),
    )  # fmt: skip
    is_open = sa.text("cancelled_at IS NULL AND done_at IS NULL")
    op.create_index(
        op.f("ix_deletion_request_person_id"), "deletion_request", ["person_id"], unique=True,
        sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip
    op.add_column("person", _moment("deleted_at", nullable=True))
    op.add_column("certificate", _moment("holder_gone_at", nullable=True))


def downgrade() -> None:
    op.drop_column("certificate", "holder_gone_at")
    op.drop_column("person", "deleted_at")
    op.drop_table("deletion_request")
    op.drop_table("person_key")
