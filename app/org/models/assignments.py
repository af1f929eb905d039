"""Courses asked of staff."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


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
    stays as it ended.
    """

    __tablename__ = "assignment_member"
    __table_args__ = (
        UniqueConstraint("staff_id", "course_id", "round"),
        Index(None, "assignment_id"),
        Index(None, "enrolment_id"),
    )

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
