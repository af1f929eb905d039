"""Company accounts: sign-ins of organisations, links to them, ways there and back."""

import sqlalchemy as sa
from alembic import op

revision = "c4f1a8e27d35"
down_revision = "d4a81f07c9b2"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    named = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=named)


def upgrade() -> None:
    op.create_table(
        "company_sign_in",
        _text("id", 26),
        _text("org_id", 26),
        _text("kind", 10),
        _text("name", 60),
        _text("issuer", 300),
        _text("client_id", 200),
        _text("agent_id", 20),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("trusts_second_factor", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        _text("set_by", 26),
        _moment("set_at"),
        _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_sign_in")),
    )
    op.create_index(
        op.f("ix_company_sign_in_org_id_ended_at"), "company_sign_in", ["org_id", "ended_at"]
    )
    op.create_table(
        "company_account",
        _text("id", 26),
        _text("company_sign_in_id", 26),
        _text("person_id", 26),
        _text("subject_index", 64),
        _moment("linked_at"),
        _moment("used_at", nullable=True),
        _to("company_account", "company_sign_in_id", "company_sign_in"),
        _to("company_account", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_account")),
        sa.UniqueConstraint(
            "company_sign_in_id", "subject_index",
            name=op.f("uq_company_account_company_sign_in_id_subject_index"),
        ),
        sa.UniqueConstraint(
            "company_sign_in_id", "person_id",
            name=op.f("uq_company_account_company_sign_in_id_person_id"),
        ),
    )
    op.create_index(op.f("ix_company_account_person_id"), "company_account", ["person_id"])
    op.create_table(
        "company_trip",
        _text("id", 26),
        _text("company_sign_in_id", 26),
        _text("state_hash", 64),
        _text("device_id", 40),
        _text("person_id", 26, nullable=True),
        _text("sign_in_id", 26, nullable=True),
        _moment("started_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _to("company_trip", "company_sign_in_id", "company_sign_in"),
        _to("company_trip", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_trip")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_company_trip_state_hash")),
    )
    op.create_index(op.f("ix_company_trip_person_id"), "company_trip", ["person_id"])
    op.create_index(op.f("ix_company_trip_expires_at"), "company_trip", ["expires_at"])
    with op.batch_alter_table("sign_in") as table:
        table.add_column(_text("company_account_id", 26, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("company_account_id")
    for table in ("company_trip", "company_account", "company_sign_in"):
        op.drop_table(table)
