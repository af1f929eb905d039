"""Another phone for an account: changes that are asked for, proven, done or stopped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e7b40d92c1f5"
down_revision = "c83f5a1e9d04"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_PENDING = sa.text("state IN ('waiting', 'at_desk')")


def upgrade() -> None:
    op.create_table(
        "phone_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("prompt", _JSON, nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_phone_change_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_change")),
    )
    op.create_index(
        op.f("ix_phone_change_person_id"), "phone_change", ["person_id"], unique=True,
        sqlite_where=_PENDING, postgresql_where=_PENDING,
    )  # fmt: skip
    op.create_index(op.f("ix_phone_change_stop_hash"), "phone_change", ["stop_hash"])


def downgrade() -> None:
    op.drop_table("phone_change")
