"""Where sessions were opened, the scores of days, and the machines that many share."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9d27b4c1e8f3"
down_revision = "b7d25f90ac13"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "study_place",
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["study_session.id"],
            name=op.f("fk_study_place_session_id_study_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_study_place")),
    )
    for columns in (["opened_at"], ["device_id", "opened_at"], ["place", "opened_at"]):
        op.create_index(op.f(f"ix_study_place_{'_'.join(columns)}"), "study_place", columns)
    op.create_table(
        "risk_score",
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=12), nullable=False),
        sa.Column("findings", _JSON, nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_risk_score_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("learner_id", "day", name=op.f("pk_risk_score")),
    )
    op.create_index(op.f("ix_risk_score_day_score"), "risk_score", ["day", "score"])
    op.create_table(
        "shared_device",
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("marked_by", sa.String(length=26), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_shared_device")),
    )


def downgrade() -> None:
    op.drop_table("shared_device")
    op.drop_table("risk_score")
    op.drop_table("study_place")
