"""Second factors of those who work here, and whether a sign-in passed one."""

import sqlalchemy as sa
from alembic import op

revision = "b52e8d71f3a6"
down_revision = "a17c5e02d9b4"
branch_labels = None
depends_on = None


def _person(table: str) -> list:
    column = sa.Column("person_id", sa.String(length=26), nullable=False)
    named = op.f(f"fk_{table}_person_id_person")
    return [column, sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=named)]


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "totp_secret",
        *_person("totp_secret"),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        _moment("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("waiting_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totp_secret")),
    )
    op.create_table(
        "security_key",
        sa.Column("id", sa.String(length=26), nullable=False),
        *_person("security_key"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        _moment("registered_at"),
        _moment("used_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_key")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_security_key_credential_id")),
    )
    op.create_index(op.f("ix_security_key_person_id"), "security_key", ["person_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        *_person("recovery_code"),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        _moment("made_at"),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"])
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("second_factor", sa.String(length=10), nullable=True))
        table.add_column(_moment("second_factor_at", nullable=True))
        table.add_column(sa.Column("key_challenge", sa.LargeBinary(), nullable=True))
        table.add_column(_moment("key_challenge_at", nullable=True))
        table.add_column(sa.Column("key_challenge_for", sa.String(length=10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        for name in (
            "key_challenge_for", "key_challenge_at", "key_challenge", "second_factor_at",
            "second_factor",
        ):  # fmt: skip
            table.drop_column(name)
    for name in ("recovery_code", "security_key", "totp_secret"):
        op.drop_table(name)
