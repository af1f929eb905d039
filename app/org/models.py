"""The room's tables: organisations, their staff, assignments, and the proofs given out."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
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
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class StaffMember(Base):
    """One person on an organisation's roster; `learner_id` only once the person has accepted.

    Name and document number are the identity room's, under `roster_id`.
    """

    __tablename__ = "staff_member"
    __table_args__ = (
        UniqueConstraint("org_id", "roster_id"),
        UniqueConstraint("org_id", "learner_id"),
        Index(None, "org_id", "state"),
        Index(None, "roster_id"),
        Index(None, "learner_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    roster_id: Mapped[str] = mapped_column(Id)
    learner_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(60))
    position: Mapped[str] = mapped_column(String(60))
    # The person agreed to show courses that the employer did not assign, too.
    shows_all_courses: Mapped[bool] = mapped_column(default=False)
    invited_by: Mapped[str] = mapped_column(Id)
    invited_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


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
