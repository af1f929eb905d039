"""Policies: revisions of a scope, which are only ever added."""

import datetime as dt
from typing import Any

from sqlalchemy import Date, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class PolicyRevision(Base):
    """What a scope sets from a moment on, with its legal basis (a trigger refuses changes)."""

    __tablename__ = "policy_revision"
    __table_args__ = (UniqueConstraint("scope", "scope_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(String(10))
    # "all", a cluster's code or a course's id.
    scope_id: Mapped[str] = mapped_column(String(26))
    number: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    document: Mapped[str] = mapped_column(String(500), server_default=text("''"))
    article: Mapped[str] = mapped_column(String(100), server_default=text("''"))
    issued_on: Mapped[dt.date | None] = mapped_column(Date)
    is_confirmed: Mapped[bool] = mapped_column(server_default=text("false"))
    effective_from: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # Nobody: published from files, or put in place with the tables.
    author_id: Mapped[str | None] = mapped_column(Id)
    # Who confirmed what the author proposed, where that takes two.
    confirmed_by: Mapped[str | None] = mapped_column(Id)
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
