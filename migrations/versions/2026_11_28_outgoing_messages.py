"""Messages that leave the house, the addresses they go to, and who wants which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7c2e9f4b1d63"
down_revision = "7c2f90d35e1b"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "mail_address",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("proven_at", moment, nullable=True),
        sa.Column("waiting_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_sent_at", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("refused_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_address_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_address")),
    )
    op.create_table(
        "message_choice",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("takes_sms", sa.Boolean(), nullable=False),
        sa.Column("takes_mail", sa.Boolean(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_message_choice")),
    )
    op.create_table(
        "group_robot",
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_at", moment, nullable=False),
        sa.Column("refused_for", sa.String(length=80), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_group_robot")),
    )
    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recipient_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("send_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outgoing_message_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
        sa.UniqueConstraint(
            "recipient_id", "org_id", "way", "reason", "about", "day",
            name=op.f("uq_outgoing_message_recipient_id_org_id_way_reason_about_day"),
        ),
    )
    op.create_index(op.f("ix_outgoing_message_org_id_id"), "outgoing_message", ["org_id", "id"])
    op.create_index(
        op.f("ix_outgoing_message_person_id_day"), "outgoing_message", ["person_id", "day"]
    )
    op.create_table(
        "reminder_setting",
        sa.Column("org_id", sa.String(length=26), nullable=False),
        sa.Column("uses_sms", sa.Boolean(), nullable=False),
        sa.Column("uses_mail", sa.Boolean(), nullable=False),
        sa.Column("has_digest", sa.Boolean(), nullable=False),
        sa.Column("digested_on", sa.Date(), nullable=True),
        sa.Column("changed_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"],
            name=op.f("fk_reminder_setting_org_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_reminder_setting")),
    )


def downgrade() -> None:
    for table in (
        "reminder_setting", "outgoing_message", "group_robot", "message_choice", "mail_address",
    ):
        op.drop_table(table)
