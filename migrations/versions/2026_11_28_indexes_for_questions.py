"""Indexes for what was answered by reading whole tables, or every row of one state."""

from alembic import op

revision = "b5e07d3c91a6"
down_revision = "4c1e8b70d9f2"
branch_labels = None
depends_on = None

_NEW = (
    ("exam_attempt", ("enrolment_id", "state", "score")),
    ("exam_attempt", ("learner_id",)),
    ("ledger_entry", ("session_id",)),
    ("study_challenge", ("session_id",)),
    ("study_hold", ("session_id",)),
    ("sign_in", ("company_account_id",)),
    ("audit_event", ("actor_id", "id")),
    ("stated_certificate", ("staff_id", "state")),
)
_OLD = ("stated_certificate", ("staff_id",))


def _name(table: str, columns: tuple[str, ...]) -> str:
    return op.f("_".join(("ix", table, *columns)))


def upgrade() -> None:
    for table, columns in _NEW:
        op.create_index(_name(table, columns), table, list(columns))
    op.drop_index(_name(*_OLD), table_name=_OLD[0])


def downgrade() -> None:
    op.create_index(_name(*_OLD), _OLD[0], list(_OLD[1]))
    for table, columns in reversed(_NEW):
        op.drop_index(_name(table, columns), table_name=table)
