"""What organisations are by somebody else's word, with the paper that says so."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class OrgQualification(Base):
    """A dated status; its paper is sealed under the key of who brought it."""

    __tablename__ = "org_qualification"
    __table_args__ = (Index(None, "org_id", "state"), Index(None, "kind", "state", "valid_until"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(30))
    number: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_until: Mapped[dt.date] = mapped_column(Date)
    proof_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    proof_kind: Mapped[str] = mapped_column(String(20))
    proof_digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(500))
    case_id: Mapped[str] = mapped_column(Id)
    entered_by: Mapped[str] = mapped_column(Id)
    entered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
