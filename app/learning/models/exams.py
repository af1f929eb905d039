"""Question banks, attempts at an exam with their frozen paper, and every answer that arrived."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class ExamItem(Base):
    """One question of a course's bank; `answer` holds the letters of the right choices."""

    __tablename__ = "exam_item"
    __table_args__ = (UniqueConstraint("course_id", "code"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    stem: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[Any]] = mapped_column(JsonColumn)
    answer: Mapped[list[Any]] = mapped_column(JsonColumn)
    explanation: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)


class ExamAttempt(Base):
    """One attempt: the paper as it was drawn, the server's own deadline, the result."""

    __tablename__ = "exam_attempt"
    __table_args__ = (UniqueConstraint("enrolment_id", "number"), Index(None, "state", "closes_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    # [item id, [original index of each shown choice]]
    paper: Mapped[list[Any]] = mapped_column(JsonColumn)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The deadline and the grace for answers that are still on their way.
    closes_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    score: Mapped[int | None]
    passed: Mapped[bool | None]


class ExamAnswer(Base):
    """An answer as it arrived; the newest of an item counts, the older ones are evidence."""

    __tablename__ = "exam_answer"
    __table_args__ = (UniqueConstraint("attempt_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("exam_attempt.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("exam_item.id"))
    number: Mapped[int]
    choices: Mapped[list[Any]] = mapped_column(JsonColumn)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # What the client's clock said; evidence, never a reason to count an answer.
    claimed_at_ms: Mapped[int | None] = mapped_column(BigInteger)
