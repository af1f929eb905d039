"""Keys of devices, and the signatures under answers to challenges."""

import sqlalchemy as sa
from alembic import op

revision = "6d2f8a0b71c4"
down_revision = "3f0a7d51c6e8"
branch_labels = None
depends_on = None

_ANSWER = {
    "device_key_id": sa.String(length=26), "prompt_number": sa.Integer(),
    "payload_hash": sa.String(length=64), "judged_hash": sa.String(length=64),
}  # fmt: skip


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "device_key",
        _text("id", 26), _text("person_id", 26), _text("device_id", 40),
        sa.Column("public_key", sa.LargeBinary(), nullable=False), _moment("registered_at"),
        _text("check_id", 26), _text("challenge_id", 26), _text("head", 43), _text("proof", 86),
        _moment("used_at"), _moment("revoked_at", nullable=True),
        _text("revoked_for", 20, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_device_key_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["identity_check.id"], name=op.f("fk_device_key_check_id_identity_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_device_key_person_id"), "device_key", ["person_id"])
    is_active = sa.text("revoked_at IS NULL")
    op.create_index(
        op.f("ix_device_key_person_id_device_id"), "device_key", ["person_id", "device_id"],
        unique=True, sqlite_where=is_active, postgresql_where=is_active,
    )  # fmt: skip
    for name, kind in _ANSWER.items():
        op.add_column("study_answer", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in reversed(_ANSWER):
        op.drop_column("study_answer", name)
    op.drop_table("device_key")
