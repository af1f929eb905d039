"""What is kept of every share of an assignment, with running totals of units and people."""

import sqlalchemy as sa
from alembic import op

revision = "5d1e8c70b4a9"
down_revision = "5e8f21c7d90b"
branch_labels = None
depends_on = None

_NO_DAY = "9999-12-31"
_SHARES = "assignment_member"
# The newest round of the share's course, of who has joined: what an employer may see.
_SEEN = """
SELECT newest.id AS id, newest.round AS round, newest.required_ms AS required_ms,
       newest.started_at AS started_at, newest.completed_at AS completed_at,
       first.id AS first_id
FROM enrolment AS first
JOIN enrolment AS newest
  ON newest.learner_id = first.learner_id AND newest.course_id = first.course_id
WHERE NOT EXISTS (
    SELECT 1 FROM enrolment AS later WHERE later.learner_id = newest.learner_id
    AND later.course_id = newest.course_id AND later.round > newest.round
)
"""
_JOINED = """
enrolment_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM staff_member
    WHERE staff_member.id = assignment_member.staff_id AND staff_member.state = 'joined'
)
"""
_NEWEST = "(SELECT {column} FROM seen WHERE seen.first_id = assignment_member.enrolment_id)"
_FIGURES = f"""
WITH seen AS ({_SEEN})
UPDATE assignment_member SET
    seen_round = {_NEWEST.format(column="round")},
    required_ms = {_NEWEST.format(column="required_ms")},
    completed_at = {_NEWEST.format(column="completed_at")},
    confirmed_ms = COALESCE((
        SELECT SUM(ledger_entry.ms) FROM ledger_entry
        WHERE ledger_entry.enrolment_id = {_NEWEST.format(column="id")}
    ), 0),
    exam_passed = EXISTS (
        SELECT 1 FROM exam_attempt WHERE exam_attempt.passed
        AND exam_attempt.enrolment_id = {_NEWEST.format(column="id")}
    )
WHERE {_JOINED}
"""
_STANDING = f"""
UPDATE assignment_member SET standing = CASE
    WHEN EXISTS (
        SELECT 1 FROM staff_member
        WHERE staff_member.id = assignment_member.staff_id AND staff_member.state = 'left'
    ) OR EXISTS (
        SELECT 1 FROM assignment_member AS later
        WHERE later.staff_id = assignment_member.staff_id
        AND later.course_id = assignment_member.course_id
        AND later.round > assignment_member.round
    ) THEN 'out'
    WHEN NOT ({_JOINED}) THEN 'waiting'
    WHEN exam_passed AND confirmed_ms >= required_ms THEN 'done'
    WHEN seen_round = round THEN 'open'
    ELSE 'free' END
"""
_COUNTED = """
UPDATE assignment_member SET counted_in = assignment_id,
    counted_unit = (
        SELECT COALESCE(unit_id, '') FROM staff_member WHERE staff_member.id = assignment_member.staff_id
    ),
    stepped_at = assigned_at
WHERE standing <> 'out'
"""
_TOTALS = """
INSERT INTO assignment_count (assignment_id, standing, unit, shares)
SELECT counted_in, standing, counted_unit, COUNT(*) FROM assignment_member
WHERE counted_in IS NOT NULL GROUP BY counted_in, standing, counted_unit
"""
_PEOPLE = """
UPDATE staff_member SET
    asked_count = (
        SELECT COUNT(*) FROM assignment_member AS share
        WHERE share.staff_id = staff_member.id AND share.standing <> 'out'
    ),
    left_count = (
        SELECT COUNT(*) FROM assignment_member AS share
        WHERE share.staff_id = staff_member.id AND share.standing NOT IN ('out', 'done')
    ),
    next_due_on = COALESCE((
        SELECT MIN(assignment.due_on) FROM assignment_member AS share
        JOIN assignment ON assignment.id = share.assignment_id
        WHERE share.staff_id = staff_member.id AND share.standing = 'open'
    ), next_due_on)
"""


def upgrade() -> None:
    for column in (
        sa.Column("standing", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("counted_in", sa.String(length=26), nullable=True),
        sa.Column("counted_unit", sa.String(length=26), server_default="", nullable=False),
        sa.Column("seen_round", sa.Integer(), server_default="1", nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("required_ms", sa.BigInteger(), nullable=True),
        sa.Column("exam_passed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stepped_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column(_SHARES, column)
    for column in (
        sa.Column("asked_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("left_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_due_on", sa.Date(), server_default=_NO_DAY, nullable=False),
    ):
        op.add_column("staff_member", column)
    op.create_table(
        "assignment_count",
        sa.Column("assignment_id", sa.String(length=26), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=26), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"],
            name=op.f("fk_assignment_count_assignment_id_assignment"),
        ),
        sa.PrimaryKeyConstraint(
            "assignment_id", "standing", "unit", name=op.f("pk_assignment_count")
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    for statement in (_FIGURES, _STANDING, _COUNTED, _TOTALS, _PEOPLE):
        op.execute(statement)
    op.drop_index("ix_assignment_member_assignment_id", table_name=_SHARES)
    op.create_index(
        "ix_assignment_member_assignment_id_standing_stepped_at_id", _SHARES,
        ["assignment_id", "standing", "stepped_at", "id"],
    )  # fmt: skip
    for column in ("next_due_on", "left_count"):
        op.create_index(
            f"ix_staff_member_org_id_{column}_id", "staff_member", ["org_id", column, "id"]
        )


def downgrade() -> None:
    for column in ("next_due_on", "left_count"):
        op.drop_index(f"ix_staff_member_org_id_{column}_id", table_name="staff_member")
    op.drop_index(
        "ix_assignment_member_assignment_id_standing_stepped_at_id", table_name=_SHARES
    )
    op.create_index("ix_assignment_member_assignment_id", _SHARES, ["assignment_id"])
    op.drop_table("assignment_count")
    for column in ("next_due_on", "left_count", "asked_count"):
        op.drop_column("staff_member", column)
    for column in (
        "stepped_at", "completed_at", "exam_passed", "required_ms", "confirmed_ms", "seen_round",
        "counted_unit", "counted_in", "standing",
    ):  # fmt: skip
        op.drop_column(_SHARES, column)
