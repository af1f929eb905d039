"""Face sessions at a certified vendor: what was begun there, and what it said came of it."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class FaceSession(Base):
    """One session at a vendor for one identity check; neither photo nor answer is kept.

    `order_no` is ours, `token` the vendor's: both are of this session alone. `evidence_hash` binds
    what the vendor's answer decided by, `transaction_id` is the vendor's name for that answer.
    """

    __tablename__ = "face_session"

    check_id: Mapped[str] = mapped_column(ForeignKey("identity_check.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    source: Mapped[str] = mapped_column(String(80))
    order_no: Mapped[str] = mapped_column(String(32), unique=True)
    token: Mapped[str] = mapped_column(String(200), unique=True)
    page_url: Mapped[str] = mapped_column(String(2000))
    began_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    code: Mapped[str | None] = mapped_column(String(40))
    liveness: Mapped[str | None] = mapped_column(String(20))
    score: Mapped[float | None]
    quality: Mapped[float | None]
    transaction_id: Mapped[str | None] = mapped_column(String(80))
    evidence_hash: Mapped[str | None] = mapped_column(String(64))
