"""A long roster is listed in each of its orders, and searched, out of an index."""

from alembic import op

revision = "d31c9e07b6a4"
down_revision = "6e1d8b40f27a"
branch_labels = None
depends_on = None

_TABLE = "staff_member"
_BEFORE = ("org_id", "unit", "id")
_ORDERS = (
    ("org_id", "unit", "id", "state", "position"),
    ("org_id", "position", "id", "state"),
    ("org_id", "invited_at", "id", "state"),
)


def _name(columns: tuple[str, ...]) -> str:
    return op.f(f"ix_{_TABLE}_{'_'.join(columns)}")


def upgrade() -> None:
    for columns in _ORDERS:
        op.create_index(_name(columns), _TABLE, list(columns))
    op.drop_index(_name(_BEFORE), table_name=_TABLE)


def downgrade() -> None:
    op.create_index(_name(_BEFORE), _TABLE, list(_BEFORE))
    for columns in _ORDERS:
        op.drop_index(_name(columns), table_name=_TABLE)
