"""Policies as revisions of three scopes; what courses had becomes their first revision."""

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6f2b8d41c7a9"
down_revision = "9d27b4c1e8f3"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# The defaults of the day: from here on they change only by another revision.
_DEFAULTS = {
    "hour_s": 2700, "hour_mode": "exact", "required_s": 0, "coverage_required": 98,
    "order_lock": True, "beat_s": 15, "offline_grace_s": 120, "idle_timeout_s": 300,
    "max_rate": 100, "seek_ahead": False, "gap_tolerance_s": 2, "background": False,
    "media_proof": True, "min_dwell_s": 5, "min_continuous_s": 0, "daily_cap_s": 21600,
    "study_window": None, "utc_offset_s": 28800, "presence_gap_s": [300, 600],
    "identity_gap_s": [900, 1800], "checks_per_day": None, "misses_allowed": 0,
    "ttl_s": {"picture": 60, "face": 90, "code": 300, "roll_call": 1800},
    "silent_misses_per_day": 2, "pending_ttl_s": 604800, "check_on_open": "identity",
    "check_valid_s": 600, "identity_methods": ["face", "code_and_questions", "roll_call"],
    "exam_pass": 60, "exam_attempts": 3, "exam_cooldown_s": 86400, "exam_grace_s": 120,
}  # fmt: skip
# Before anything was studied here.
_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_COURSE = sa.table(
    "course", sa.column("id", sa.String), sa.column("policy", _JSON),
    sa.column("created_at", sa.DateTime(timezone=True)),
)  # fmt: skip


def _refuse_changes(table: str) -> None:
    """Let the database itself refuse to change or delete rows of a record."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
    )


def _row(revision_id: str, place: tuple[str, str], settings: dict, basis: str, since: dt.datetime) -> dict:
    return {
        "id": revision_id, "scope": place[0], "scope_id": place[1], "number": 1, "settings": settings,
        "document": basis, "is_confirmed": bool(basis), "effective_from": since, "created_at": since,
    }  # fmt: skip


def upgrade() -> None:
    table = op.create_table(
        "policy_revision",
        sa.Column("id", sa.String(26), primary_key=True, nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("scope_id", sa.String(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", _JSON, nullable=False),
        sa.Column("document", sa.String(500), nullable=False, server_default=sa.text("''")),
        sa.Column("article", sa.String(100), nullable=False, server_default=sa.text("''")),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.String(26), nullable=True),
        sa.Column("confirmed_by", sa.String(26), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("scope", "scope_id", "number", name="uq_policy_revision_scope_scope_id_number"),
    )  # fmt: skip
    op.bulk_insert(table, [_row("0" * 25 + "1", ("platform", "all"), _DEFAULTS, "", _FROM)])
    courses = op.get_bind().execute(sa.select(_COURSE)).all()
    op.bulk_insert(table, [
        _row(
            course.id, ("course", course.id),
            {name: value for name, value in course.policy.items() if name != "basis" and value != _DEFAULTS.get(name, ...)},
            course.policy.get("basis", ""), course.created_at,
        )
        for course in courses
    ])  # fmt: skip
    _refuse_changes("policy_revision")
    with op.batch_alter_table("study_learner") as batch_op:
        batch_op.add_column(sa.Column("stint_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("stint_at_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    with op.batch_alter_table("study_learner") as batch_op:
        batch_op.drop_column("stint_at_ms")
        batch_op.drop_column("stint_ms")
    op.drop_table("policy_revision")
