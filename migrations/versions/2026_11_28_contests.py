"""Contests: their rounds and who takes part; an attempt hangs on an enrolment or on such a part."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a5c7d19e3b40"
down_revision = "e1b7046d2c95"
branch_labels = None
depends_on = None
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_OF_CONTESTS = "SELECT id FROM exam_attempt WHERE contest_entry_id IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "contest",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("rules_text", sa.Text(), nullable=False),
        sa.Column("prizes_text", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("audience_ids", _JSON, nullable=False),
        sa.Column("asks_identity", sa.Boolean(), nullable=False),
        sa.Column("link_code", sa.String(length=20), nullable=False),
        sa.Column("policy", _JSON, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("writers", _JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=26), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_contest_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
    )
    op.create_index(
        op.f("ix_contest_org_id_state_made_at"), "contest", ["org_id", "state", "made_at"]
    )
    op.create_index(op.f("ix_contest_state_id"), "contest", ["state", "id"])
    op.create_table(
        "contest_round",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("contest_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("bank_ids", _JSON, nullable=False),
        sa.Column("sections", _JSON, nullable=False),
        sa.Column("advance", sa.String(length=6), nullable=True),
        sa.Column("advance_value", sa.Integer(), nullable=True),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ranked_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_contest_round_contest_id_contest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_round")),
        sa.UniqueConstraint(
            "contest_id", "number", name=op.f("uq_contest_round_contest_id_number")
        ),
    )
    op.create_index(op.f("ix_contest_round_opens_at"), "contest_round", ["opens_at"])
    op.create_table(
        "contest_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("round_id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("hides_name", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["contest_round.id"],
            name=op.f("fk_contest_entry_round_id_contest_round"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_contest_entry_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_entry")),
        sa.UniqueConstraint(
            "round_id", "learner_id", name=op.f("uq_contest_entry_round_id_learner_id")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_contest_entry_learner_id"), "contest_entry", ["learner_id"])
    with op.batch_alter_table("exam_attempt") as table:
        table.alter_column("enrolment_id", existing_type=sa.String(length=26), nullable=True)
        table.add_column(sa.Column("contest_entry_id", sa.String(length=26), nullable=True))
        table.create_foreign_key(
            op.f("fk_exam_attempt_contest_entry_id_contest_entry"),
            "contest_entry", ["contest_entry_id"], ["id"],
        )  # fmt: skip
        table.create_unique_constraint(
            op.f("uq_exam_attempt_contest_entry_id_number"), ["contest_entry_id", "number"]
        )
        table.create_check_constraint(
            op.f("ck_exam_attempt_hangs_on_one"),
            "(enrolment_id IS NULL) <> (contest_entry_id IS NULL)",
        )


def downgrade() -> None:
    for table in ("exam_answer", "exam_mark", "exam_check", "exam_absence"):
        op.execute(f"DELETE FROM {table} WHERE attempt_id IN ({_OF_CONTESTS})")  # noqa: S608 -- our own names
    op.execute("DELETE FROM exam_attempt WHERE contest_entry_id IS NOT NULL")
    with op.batch_alter_table("exam_attempt") as table:
        table.drop_constraint(op.f("ck_exam_attempt_hangs_on_one"), type_="check")
        table.drop_constraint(op.f("uq_exam_attempt_contest_entry_id_number"), type_="unique")
        table.drop_constraint(
            op.f("fk_exam_attempt_contest_entry_id_contest_entry"), type_="foreignkey"
        )
        table.drop_column("contest_entry_id")
        table.alter_column("enrolment_id", existing_type=sa.String(length=26), nullable=False)
    op.drop_table("contest_entry")
    op.drop_table("contest_round")
    op.drop_table("contest")
