"""Proofs of hours given out."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class HourProof(Base):
    """A proof of hours given out: its number, what it stated (as a hash), and our signature."""

    __tablename__ = "hour_proof"
    __table_args__ = (
        UniqueConstraint("staff_id", "facts_hash"),
        UniqueConstraint("made_on", "serial"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(17), unique=True)
    made_on: Mapped[dt.date] = mapped_column(Date)
    serial: Mapped[int]
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_member.id"))
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    facts_hash: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
