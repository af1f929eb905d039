"""The ledger of confirmed hours: append only, a hash chain for each learner."""

import datetime as dt

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class LedgerEntry(Base):
    """One session's time in one lesson on one local day, or a correction with its reason."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("learner_id", "number"),
        Index(None, "enrolment_id", "day"),
        Index(None, "learner_id", "day"),
        Index(None, "session_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"))
    day: Mapped[dt.date] = mapped_column(Date)
    ms: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(12))
    policy_version: Mapped[str] = mapped_column(String(16))
    evidence_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
