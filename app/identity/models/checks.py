"""How a person shows again who they are: secret answers, and each check with its outcome."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class SecretAnswer(Base):
    """The answer to one question that the person chose; only its keyed hash is kept."""

    __tablename__ = "secret_answer"
    __table_args__ = (UniqueConstraint("person_id", "question"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    question: Mapped[str] = mapped_column(String(40))
    answer_hash: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


_HAS_DETAILS = text("prompt IS NOT NULL OR question IS NOT NULL OR code_hash IS NOT NULL")


class IdentityCheck(Base):
    """One prompt and what became of it; a second try is a second check."""

    __tablename__ = "identity_check"
    __table_args__ = (
        Index(None, "person_id", "opened_at"),
        # What a check asked is let go after a while (core/keeping.py): found without a scan.
        Index(
            "ix_identity_check_details", "id", sqlite_where=_HAS_DETAILS,
            postgresql_where=_HAS_DETAILS,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    method: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    # What a face check asks for: nonce and actions.
    prompt: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    question: Mapped[str | None] = mapped_column(String(40))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    evidence_hash: Mapped[str | None] = mapped_column(String(64))
