"""Study sessions, what they covered, their challenges and holds, and the ledger of hours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "ab847d204e31"
down_revision = "c77c662e1c40"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


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


def upgrade() -> None:
    op.create_table(
        "study_learner",
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_session_id", sa.String(length=26), nullable=True),
        sa.Column("clock_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pass_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("day", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("day_used_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "since_presence_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "since_identity_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("presence_due_ms", sa.BigInteger(), nullable=True),
        sa.Column("identity_due_ms", sa.BigInteger(), nullable=True),
        sa.Column("challenge_id", sa.String(length=26), nullable=True),
        sa.Column("hold", sa.String(length=20), nullable=True),
        sa.Column(
            "is_under_review", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("silent_run", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("uncertain_run", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("silent_day", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("silent_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("check_day", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("check_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("misses", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("identity_at_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "identity_device", sa.String(length=40), server_default=sa.text("('')"), nullable=False
        ),
        sa.Column("next_expiry_ms", sa.BigInteger(), nullable=True),
        sa.Column("expiry_noticed_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_learner_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_study_learner")),
    )
    with op.batch_alter_table("study_learner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_learner_next_expiry_ms"), ["next_expiry_ms"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_study_learner_open_session_id"), ["open_session_id"], unique=False
        )

    op.create_table(
        "lesson_coverage",
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("covered", sa.LargeBinary(), nullable=False),
        sa.Column("covered_ms", sa.BigInteger(), nullable=False),
        sa.Column("frontier_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_lesson_coverage_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_lesson_coverage_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_coverage_lesson_id_lesson")
        ),
        sa.PrimaryKeyConstraint(
            "learner_id", "enrolment_id", "lesson_id", name=op.f("pk_lesson_coverage")
        ),
    )
    op.create_table(
        "media_delivery",
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("byte_ranges", sa.LargeBinary(), nullable=False),
        sa.Column("positions", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_media_delivery_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_media_delivery_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_media_delivery_lesson_id_lesson")
        ),
        sa.PrimaryKeyConstraint(
            "learner_id", "enrolment_id", "lesson_id", name=op.f("pk_media_delivery")
        ),
    )
    op.create_table(
        "study_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("policy", _JSON, nullable=False),
        sa.Column("policy_version", sa.String(length=16), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("first_head", sa.String(length=43), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("heard_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("allowance_ms", sa.BigInteger(), nullable=False),
        sa.Column("ack_seq", sa.Integer(), nullable=False),
        sa.Column("last_t_ms", sa.BigInteger(), nullable=False),
        sa.Column("run", _JSON, nullable=False),
        sa.Column("head", sa.String(length=43), nullable=False),
        sa.Column("last_prev", sa.String(length=43), nullable=True),
        sa.Column("last_answer", _JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_study_session_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_session_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_session")),
    )
    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_session_enrolment_id"), ["enrolment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_study_session_learner_id_opened_at"),
            ["learner_id", "opened_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_study_session_phase_heard_at_ms"), ["phase", "heard_at_ms"], unique=False
        )

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("policy_version", sa.String(length=16), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_ledger_entry_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_ledger_entry_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_ledger_entry_lesson_id_lesson")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_session.id"],
            name=op.f("fk_ledger_entry_session_id_study_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("learner_id", "number", name=op.f("uq_ledger_entry_learner_id_number")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_enrolment_id_day"), ["enrolment_id", "day"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_learner_id_day"), ["learner_id", "day"], unique=False
        )

    op.create_table(
        "pending_piece",
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("is_ripe", sa.Boolean(), nullable=False),
        sa.Column("first_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("stretches", sa.LargeBinary(), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_pending_piece_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_pending_piece_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_pending_piece_lesson_id_lesson")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_session.id"],
            name=op.f("fk_pending_piece_session_id_study_session"),
        ),
        sa.PrimaryKeyConstraint(
            "learner_id",
            "enrolment_id",
            "lesson_id",
            "session_id",
            "day",
            "pass_number",
            "is_ripe",
            name=op.f("pk_pending_piece"),
        ),
    )
    op.create_table(
        "study_batch",
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("ack_seq", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.String(length=43), nullable=False),
        sa.Column("reading", _JSON, nullable=False),
        sa.Column("credited_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_batch_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_session.id"],
            name=op.f("fk_study_batch_session_id_study_session"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "session_id", "ack_seq", name=op.f("pk_study_batch")),
    )
    op.create_table(
        "study_challenge",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("is_heard", sa.Boolean(), nullable=False),
        sa.Column("is_on_hold", sa.Boolean(), nullable=False),
        sa.Column("is_scheduled", sa.Boolean(), nullable=False),
        sa.Column("judging_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("prompt_number", sa.Integer(), nullable=False),
        sa.Column("prompt", _JSON, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("check_id", sa.String(length=26), nullable=True),
        sa.Column("ruling", sa.String(length=20), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_study_challenge_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_challenge_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_session.id"],
            name=op.f("fk_study_challenge_session_id_study_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_challenge")),
    )
    with op.batch_alter_table("study_challenge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_challenge_learner_id_raised_at"),
            ["learner_id", "raised_at"],
            unique=False,
        )

    op.create_table(
        "study_cut",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_study_cut_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_cut_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_study_cut_lesson_id_lesson")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["study_session.id"], name=op.f("fk_study_cut_session_id_study_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_cut")),
    )
    with op.batch_alter_table("study_cut", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_cut_learner_id_enrolment_id_day"),
            ["learner_id", "enrolment_id", "day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_study_cut_session_id_last_at"), ["session_id", "last_at"], unique=False
        )

    op.create_table(
        "study_answer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("challenge_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("head", sa.String(length=43), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("ruling", sa.String(length=20), nullable=False),
        sa.Column("check_id", sa.String(length=26), nullable=True),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["study_challenge.id"],
            name=op.f("fk_study_answer_challenge_id_study_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_answer_learner_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_answer")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_study_answer_challenge_id_number")
        ),
    )
    with op.batch_alter_table("study_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_answer_learner_id"), ["learner_id"], unique=False
        )

    op.create_table(
        "study_hold",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("learner_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=True),
        sa.Column("challenge_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("forfeited_ms", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["study_challenge.id"],
            name=op.f("fk_study_hold_challenge_id_study_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["person.id"], name=op.f("fk_study_hold_learner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_session.id"],
            name=op.f("fk_study_hold_session_id_study_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_hold")),
    )
    with op.batch_alter_table("study_hold", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_study_hold_learner_id_ended_at"),
            ["learner_id", "ended_at"],
            unique=False,
        )

    _refuse_changes("ledger_entry")


def downgrade() -> None:
    with op.batch_alter_table("study_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_hold_learner_id_ended_at"))

    op.drop_table("study_hold")
    with op.batch_alter_table("study_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_answer_learner_id"))

    op.drop_table("study_answer")
    with op.batch_alter_table("study_cut", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_cut_session_id_last_at"))
        batch_op.drop_index(batch_op.f("ix_study_cut_learner_id_enrolment_id_day"))

    op.drop_table("study_cut")
    with op.batch_alter_table("study_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_challenge_learner_id_raised_at"))

    op.drop_table("study_challenge")
    op.drop_table("study_batch")
    op.drop_table("pending_piece")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_learner_id_day"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_enrolment_id_day"))

    op.drop_table("ledger_entry")
    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_session_phase_heard_at_ms"))
        batch_op.drop_index(batch_op.f("ix_study_session_learner_id_opened_at"))
        batch_op.drop_index(batch_op.f("ix_study_session_enrolment_id"))

    op.drop_table("study_session")
    op.drop_table("media_delivery")
    op.drop_table("lesson_coverage")
    with op.batch_alter_table("study_learner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_study_learner_open_session_id"))
        batch_op.drop_index(batch_op.f("ix_study_learner_next_expiry_ms"))

    op.drop_table("study_learner")
