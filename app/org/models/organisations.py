"""Employers and training institutions."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class Organisation(Base):
    """An employer or a training institution."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    prefecture_code: Mapped[str] = mapped_column(String(6))
    favoured_kind: Mapped[str | None] = mapped_column(String(30))
    # Of an institution: its code in reference/institution_types.toml.
    type_code: Mapped[str | None] = mapped_column(String(30))
    # While set, nothing but looking is open to those who act for it.
    suspended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    suspend_reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
