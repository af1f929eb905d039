"""What people are told, and what people have to look at."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class Notice(Base):
    """One entry of an inbox; the sentence is made when it is read."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "person_id", "created_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(30))
    facts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ReviewCase(Base):
    """One case of the desk. `number` is what the person is told to quote."""

    __tablename__ = "review_case"
    __table_args__ = (Index(None, "state", "kind", "opened_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(10))
    learner_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    ref_id: Mapped[str | None] = mapped_column(Id, index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(Id)
    decision: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    # What one person proposed and another one has to confirm.
    proposed_decision: Mapped[str | None] = mapped_column(String(20))
    proposed_by: Mapped[str | None] = mapped_column(Id)
    proposed_reason: Mapped[str | None] = mapped_column(Text)
    proposed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
