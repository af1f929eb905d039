"""Courses asked of staff."""

import datetime as dt

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime

_CERTIFIED = text("certificate_until IS NOT NULL")


class Assignment(Base):
    """A course asked of staff, with the day it is due."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("org_id", "course_id", "due_on"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    course_id: Mapped[str] = mapped_column(Id, ForeignKey("course.id"))
    due_on: Mapped[dt.date] = mapped_column(Date)
    assigned_by: Mapped[str] = mapped_column(Id)
    assigned_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AssignmentMember(Base):
    """One person's share of an assignment; it has an enrolment once the person has joined.

    A share asks for one round of its course: another round is another share, and the earlier one
    stays as it ended. What `services/standings.py` keeps of it is the newest round's, also of one
    that the person began by themselves.
    """

    __tablename__ = "assignment_member"
    __table_args__ = (
        UniqueConstraint("staff_id", "course_id", "round"),
        Index(None, "assignment_id", "standing", "stepped_at", "id"),
        Index(None, "enrolment_id"),
        Index(
            "ix_assignment_member_certificates", "counted_in", "certificate_until", "id",
            sqlite_where=_CERTIFIED, postgresql_where=_CERTIFIED,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    assignment_id: Mapped[str] = mapped_column(Id, ForeignKey("assignment.id"))
    staff_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_member.id"))
    course_id: Mapped[str] = mapped_column(Id, ForeignKey("course.id"))
    # The enrolment's, once there is one.
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    enrolment_id: Mapped[str | None] = mapped_column(Id, ForeignKey("enrolment.id"))
    assigned_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The nearest stage (days before the due day) at which the person was reminded.
    reminded_days: Mapped[int | None]
    # Kept by services/standings.py. Where it is counted: assignment, unit, standing.
    standing: Mapped[str] = mapped_column(String(8), default="waiting", server_default="waiting")
    counted_in: Mapped[str | None] = mapped_column(Id)
    counted_unit: Mapped[str] = mapped_column(String(26), default="", server_default="")
    seen_round: Mapped[int] = mapped_column(default=1, server_default="1")
    confirmed_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    # None before there is an enrolment: what is asked is set then.
    required_ms: Mapped[int | None] = mapped_column(BigInteger)
    exam_passed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    completed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # When it was last studied, or asked for, joined and begun; None of one that is not counted yet.
    stepped_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # The certificate of any round of the course that is good for longest; NO_DAY where for ever.
    certificate_number: Mapped[str | None] = mapped_column(String(30))
    certificate_until: Mapped[dt.date | None] = mapped_column(Date)


class AssignmentCount(Base):
    """A running total: how many shares of an assignment stand how in a unit."""

    __tablename__ = "assignment_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    assignment_id: Mapped[str] = mapped_column(Id, ForeignKey("assignment.id"), primary_key=True)
    standing: Mapped[str] = mapped_column(String(8), primary_key=True)
    unit: Mapped[str] = mapped_column(String(26), primary_key=True)
    shares: Mapped[int]
