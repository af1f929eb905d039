"""An employer asks for a round of a course: again where the certificate of the last one ends."""

import sqlalchemy as sa
from alembic import op

revision = "9e3a6c0f7b41"
down_revision = "8d2f5b9e6a30"
branch_labels = None
depends_on = None

_ROUNDS = """
UPDATE assignment_member SET round = (
    SELECT enrolment.round FROM enrolment WHERE enrolment.id = assignment_member.enrolment_id
) WHERE enrolment_id IS NOT NULL
"""
_OLDER = """
DELETE FROM assignment_member WHERE EXISTS (
    SELECT 1 FROM assignment_member AS later
    WHERE later.staff_id = assignment_member.staff_id
    AND later.course_id = assignment_member.course_id AND later.round > assignment_member.round
)
"""


def upgrade() -> None:
    with op.batch_alter_table("assignment_member") as table:
        table.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        table.drop_constraint(op.f("uq_assignment_member_staff_id_course_id"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_assignment_member_staff_id_course_id_round"),
            ["staff_id", "course_id", "round"],
        )
    op.execute(_ROUNDS)


def downgrade() -> None:
    """Of a person's rounds of a course the newest alone is left: the old table held one."""
    op.execute(_OLDER)
    with op.batch_alter_table("assignment_member") as table:
        table.drop_constraint(
            op.f("uq_assignment_member_staff_id_course_id_round"), type_="unique"
        )
        table.create_unique_constraint(
            op.f("uq_assignment_member_staff_id_course_id"), ["staff_id", "course_id"]
        )
        table.drop_column("round")
