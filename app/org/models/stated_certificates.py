"""Certificates from elsewhere that an employer states for its people."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime
from app.org.rules.standings import NO_DAY

_LISTED = text("state IN ('waiting', 'confirmed')")


class StatedCertificate(Base):
    """One statement, with the person's answer; gone when the person leaves the roster.

    Words, reasons and paper are sealed under the person's own key. `valid_until` is NO_DAY for one
    without a last day, so that all stand in one order.
    """

    __tablename__ = "stated_certificate"
    __table_args__ = (
        Index(None, "staff_id", "state"),
        Index(None, "learner_id"),
        Index(
            "ix_stated_certificate_listed", "org_id", "valid_until", "id",
            sqlite_where=_LISTED, postgresql_where=_LISTED,
        ),
        Index(None, "state", "valid_until"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_member.id"))
    learner_id: Mapped[str] = mapped_column(Id, ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    # What it is said to stand for: shown as that, and counted nowhere.
    course_id: Mapped[str | None] = mapped_column(Id, ForeignKey("course.id"))
    number_index: Mapped[str] = mapped_column(String(64))
    words_sealed: Mapped[bytes]
    issued_on: Mapped[dt.date] = mapped_column(Date)
    valid_until: Mapped[dt.date] = mapped_column(Date, default=NO_DAY)
    proof_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    proof_kind: Mapped[str] = mapped_column(String(20))
    proof_digest: Mapped[str] = mapped_column(String(64))
    # What the file or number was found to be when it was stated; empty where nothing is of ours.
    verdict: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10))
    # Why it was refused, withdrawn or corrected.
    reason_sealed: Mapped[bytes | None]
    stated_by: Mapped[str] = mapped_column(Id)
    stated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # The statement that this one puts right.
    corrects_id: Mapped[str | None] = mapped_column(Id)
    # The nearest stage (days before the last one) at which the person was reminded.
    reminded_days: Mapped[int | None]
