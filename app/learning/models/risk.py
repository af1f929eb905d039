"""Risk: where sessions were opened, what a day was scored, and which machines many people share.

Nothing here is read when time is credited, released or taken back.
"""

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class StudyPlace(Base):
    """Device and network of a session; `place` is a keyed hash of the address's /24 or /48."""

    __tablename__ = "study_place"
    __table_args__ = (
        Index(None, "opened_at"),
        Index(None, "device_id", "opened_at"),
        Index(None, "place", "opened_at"),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"), primary_key=True)
    learner_id: Mapped[str] = mapped_column(Id)
    device_id: Mapped[str] = mapped_column(String(40))
    place: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RiskScore(Base):
    """The newest score of a learner's local day; `findings` are signals, weights and numbers."""

    __tablename__ = "risk_score"
    __table_args__ = (Index(None, "day", "score"),)

    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    score: Mapped[int]
    model: Mapped[str] = mapped_column(String(12))
    findings: Mapped[list[Any]] = mapped_column(JsonColumn)
    scored_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class SharedDevice(Base):
    """A machine that staff know to be used by many: a workshop's kiosk, a classroom's computer."""

    __tablename__ = "shared_device"

    device_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    marked_by: Mapped[str] = mapped_column(Id)
    marked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
