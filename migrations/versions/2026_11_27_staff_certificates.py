"""Beside each share of an assignment, the certificate of its course that is good for longest."""

import sqlalchemy as sa
from alembic import op

revision = "7c2f90d35e1b"
down_revision = "5d1e8c70b4a9"
branch_labels = None
depends_on = None

_SHARES = "assignment_member"
_INDEX = "ix_assignment_member_certificates"
_CERTIFIED = sa.text("certificate_until IS NOT NULL")
_NO_DAY = "9999-12-31"
# Of all rounds of the course of who has joined, as an employer may see it.
_HELD = """
FROM enrolment AS asked
JOIN enrolment AS each_round
  ON each_round.learner_id = asked.learner_id AND each_round.course_id = asked.course_id
JOIN certificate ON certificate.enrolment_id = each_round.id
WHERE asked.id = assignment_member.enrolment_id AND certificate.ready_at IS NOT NULL
  AND certificate.revoked_at IS NULL AND certificate.superseded_at IS NULL
"""
_LONGEST = f"""
SELECT certificate.number {_HELD}
ORDER BY certificate.expires_on IS NULL DESC, certificate.expires_on DESC, certificate.number DESC
LIMIT 1
"""
_UNTIL = f"""
UPDATE assignment_member SET certificate_number = ({_LONGEST})
WHERE counted_in IS NOT NULL AND standing <> 'waiting'
"""
_DAYS = f"""
UPDATE assignment_member SET certificate_until = (
    SELECT COALESCE(certificate.expires_on, DATE '{_NO_DAY}') FROM certificate
    WHERE certificate.number = assignment_member.certificate_number
) WHERE certificate_number IS NOT NULL
"""


def upgrade() -> None:
    op.add_column(_SHARES, sa.Column("certificate_number", sa.String(length=30), nullable=True))
    op.add_column(_SHARES, sa.Column("certificate_until", sa.Date(), nullable=True))
    op.execute(_UNTIL)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_DAYS.replace("DATE '", "'") if is_sqlite else _DAYS)
    op.create_index(
        _INDEX, _SHARES, ["counted_in", "certificate_until", "id"],
        sqlite_where=_CERTIFIED, postgresql_where=_CERTIFIED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(_INDEX, table_name=_SHARES)
    op.drop_column(_SHARES, "certificate_until")
    op.drop_column(_SHARES, "certificate_number")
