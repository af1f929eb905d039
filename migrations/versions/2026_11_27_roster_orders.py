"""A long roster is listed in each of its orders, and searched, out of an index."""

from alembic import op

revision = "d31c9e07b6a4"
down_revision = "b27f4c819e05"
branch_labels = None
depends_on = None

_TABLE = "staff_member"
_BEFORE = ("org_id", "unit", "id")
_ORDERS = (
    ("org_id", "unit", "id", "state", "position"),
    ("org_id", "invited_at", "id", "state"),
)


# By its columns it would be called like the one over `position_id`.
_BY_POSITION = "ix_staff_member_in_order_of_position"
_POSITION = ["org_id", "position", "id", "state"]


def _name(columns: tuple[str, ...]) -> str:
    return op.f(f"ix_{_TABLE}_{'_'.join(columns)}")


def upgrade() -> None:
    for columns in _ORDERS:
        op.create_index(_name(columns), _TABLE, list(columns))
    op.create_index(_BY_POSITION, _TABLE, _POSITION)
    op.drop_index(_name(_BEFORE), table_name=_TABLE)


def downgrade() -> None:
    op.create_index(_name(_BEFORE), _TABLE, list(_BEFORE))
    op.drop_index(_BY_POSITION, table_name=_TABLE)
    for columns in _ORDERS:
        op.drop_index(_name(columns), table_name=_TABLE)
