"""The desk gives up a number under which nothing was handed out; its enrolment gets another."""

import sqlalchemy as sa
from alembic import op

revision = "7c1e4a8d5f29"
down_revision = "8e2f61d0a794"
branch_labels = None
depends_on = None

_FIRST = "uq_certificate_first_of_enrolment"
_SUCCESSOR = "uq_certificate_successor"


def upgrade() -> None:
    op.drop_index(_FIRST, table_name="certificate")
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("voided_by", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("void_reason", sa.String(length=500), nullable=True))
        table.drop_constraint(op.f("uq_certificate_replaces_id"), type_="unique")
    _index(_FIRST, "enrolment_id", "replaces_id IS NULL AND voided_at IS NULL")
    _index(_SUCCESSOR, "replaces_id", "voided_at IS NULL")


def downgrade() -> None:
    """Refused by the indexes where a number was given up: the log says so, and the table could not."""
    for name in (_FIRST, _SUCCESSOR):
        op.drop_index(name, table_name="certificate")
    with op.batch_alter_table("certificate") as table:
        table.create_unique_constraint(op.f("uq_certificate_replaces_id"), ["replaces_id"])
        for column in ("void_reason", "voided_by", "voided_at"):
            table.drop_column(column)
    _index(_FIRST, "enrolment_id", "replaces_id IS NULL")


def _index(name: str, column: str, where: str) -> None:
    op.create_index(
        name, "certificate", [column], unique=True, sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )  # fmt: skip
