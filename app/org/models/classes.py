"""Classes 班级: what they are, their plan, who teaches, and what was changed after approval."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class TrainingClass(Base):
    """A class of an organisation; its people are `ClassMember`."""

    __tablename__ = "training_class"
    __table_args__ = (
        Index(None, "org_id", "state", "starts_on"),
        Index(None, "is_public", "state", "starts_on"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[dt.date] = mapped_column(Date)
    ends_on: Mapped[dt.date] = mapped_column(Date)
    capacity: Mapped[int]
    is_public: Mapped[bool]
    enrol_until: Mapped[dt.date | None] = mapped_column(Date)
    # Of a class on contract 项目制: both, or neither.
    contract: Mapped[str] = mapped_column(String(60))
    price_yuan: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    case_id: Mapped[str | None] = mapped_column(Id)
    applied_by: Mapped[str | None] = mapped_column(Id)
    applied_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(Id)
    approved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # What the desk wrote last, or why the class was cancelled.
    reason: Mapped[str | None] = mapped_column(String(500))
    closed_by: Mapped[str | None] = mapped_column(Id)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Why it was closed although something was open.
    open_reason: Mapped[str | None] = mapped_column(String(500))


class ClassCourse(Base):
    """A course that everybody of a class studies."""

    __tablename__ = "class_course"
    __table_args__ = (UniqueConstraint("class_id", "course_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(Id, ForeignKey("training_class.id"))
    course_id: Mapped[str] = mapped_column(Id, ForeignKey("course.id"))
    position: Mapped[int]


class ClassTeacher(Base):
    """Somebody of the organisation who teaches a class."""

    __tablename__ = "class_teacher"
    __table_args__ = (UniqueConstraint("class_id", "person_id"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(Id, ForeignKey("training_class.id"))
    person_id: Mapped[str] = mapped_column(Id)
    position: Mapped[int]


class ClassUnit(Base):
    """A dated unit of the plan; the day and its minute are Shanghai's, no place means on line."""

    __tablename__ = "class_unit"
    __table_args__ = (Index(None, "class_id", "day", "starts_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(Id, ForeignKey("training_class.id"))
    day: Mapped[dt.date] = mapped_column(Date)
    starts_at: Mapped[int]
    minutes: Mapped[int]
    topic: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(60))


class ClassRollCall(Base):
    """A roll call that was opened for a unit; who came stands with the roll call itself."""

    __tablename__ = "class_roll_call"
    __table_args__ = (Index(None, "unit_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[str] = mapped_column(Id, ForeignKey("class_unit.id"))
    roll_call_id: Mapped[str] = mapped_column(Id, unique=True)


class ClassChange(Base):
    """What was changed after approval: in words, before and after. Rows are only added."""

    __tablename__ = "class_change"
    __table_args__ = (Index(None, "class_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(Id, ForeignKey("training_class.id"))
    field: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Id)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
