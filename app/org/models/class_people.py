"""Who is in a class, what they study for it, and the archive that remains of it."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, UtcDateTime


class ClassMember(Base):
    """Somebody with a place, somebody who waits for one, or somebody who had one."""

    __tablename__ = "class_member"
    __table_args__ = (
        UniqueConstraint("class_id", "learner_id"),
        Index(None, "class_id", "state", "turn"),
        Index(None, "learner_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    class_id: Mapped[str] = mapped_column(Id, ForeignKey("training_class.id"))
    learner_id: Mapped[str] = mapped_column(Id)
    source: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    # The order in which people came; whoever comes again comes last.
    turn: Mapped[int]
    joined_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Name, masked number and salt as the archive binds them, under the person's own key.
    holder_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class ClassStudy(Base):
    """The enrolment by which a member studies a course of their class."""

    __tablename__ = "class_study"
    __table_args__ = (UniqueConstraint("member_id", "course_id"), Index(None, "enrolment_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    member_id: Mapped[str] = mapped_column(Id, ForeignKey("class_member.id"))
    course_id: Mapped[str] = mapped_column(Id, ForeignKey("course.id"))
    enrolment_id: Mapped[str] = mapped_column(Id, ForeignKey("enrolment.id"))


class ClassArchive(Base):
    """The archive of a class 一期一档: what it states, its hash and our signature; never changed.

    No name stands in the statement: each person is a salted hash in it (`ClassMember`).
    """

    __tablename__ = "class_archive"

    class_id: Mapped[str] = mapped_column(Id, ForeignKey("training_class.id"), primary_key=True)
    statement: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
