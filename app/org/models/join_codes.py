"""Codes with which people join an organisation themselves."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

JOIN_CODE = "join_code.code"


class JoinCode(Base):
    """One code, of an organisation or one of its units; sealed, so that it can be shown again."""

    __tablename__ = "join_code"
    __table_args__ = (Index(None, "org_id", "made_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    code_sealed: Mapped[bytes]
    code_index: Mapped[str] = mapped_column(String(64), unique=True)
    unit: Mapped[str] = mapped_column(String(200))
    most_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
