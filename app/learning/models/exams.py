"""Question banks, attempts at an exam with their frozen paper, and every answer that arrived."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class ExamBank(Base):
    """Questions that courses draw from; without an owner it is the platform's own."""

    __tablename__ = "exam_bank"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ExamBankCourse(Base):
    """That a course's papers are drawn from a bank; several banks of one course are one pool."""

    __tablename__ = "exam_bank_course"

    bank_id: Mapped[str] = mapped_column(ForeignKey("exam_bank.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)


class ExamItem(Base):
    """One version of a question, which is `code` in its bank; a version never changes.

    `answer` by kind: letters of the right choices; of a fill-in each blank's `accepted` texts and
    `tolerance`; of a short answer the rubric's lines, `says` and `points`.
    """

    __tablename__ = "exam_item"
    __table_args__ = (UniqueConstraint("bank_id", "code", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    bank_id: Mapped[str] = mapped_column(ForeignKey("exam_bank.id"))
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    kind: Mapped[str] = mapped_column(String(12))
    chapter: Mapped[str] = mapped_column(String(80), default="", server_default="")
    point: Mapped[str] = mapped_column(String(80), default="", server_default="")
    difficulty: Mapped[int] = mapped_column(default=3, server_default="3")
    stem: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[Any]] = mapped_column(JsonColumn)
    answer: Mapped[list[Any]] = mapped_column(JsonColumn)
    explanation: Mapped[str] = mapped_column(Text)
    # One version of a code at most is in use; a paper is drawn again from what was in use then.
    is_active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str | None] = mapped_column(Id)
    retired_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ExamAttempt(Base):
    """One attempt: the paper as it was drawn, the server's own deadline, the result.

    It hangs on an enrolment, or on a person's part in a round of a contest; never on both.
    """

    __tablename__ = "exam_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "number"),
        UniqueConstraint("contest_entry_id", "number"),
        CheckConstraint(
            "(enrolment_id IS NULL) <> (contest_entry_id IS NULL)", name="hangs_on_one"
        ),
        Index(None, "state", "closes_at"),
        Index(None, "enrolment_id", "state", "score"),
        Index(None, "learner_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    enrolment_id: Mapped[str | None] = mapped_column(ForeignKey("enrolment.id"))
    contest_entry_id: Mapped[str | None] = mapped_column(ForeignKey("contest_entry.id"))
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    # [item id, [original index of each shown choice], points where not 1]
    paper: Mapped[list[Any]] = mapped_column(JsonColumn)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The deadline and the grace for answers that are still on their way.
    closes_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    # Where it is answered; another device of the same person has to take it over first.
    device_id: Mapped[str | None] = mapped_column(Id)
    # Seed, blueprint or round, and banks, to draw it again; none where it came before them.
    drawn: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    # Where each question has a limit: when each one opened (rules/item_limits.py).
    slots: Mapped[list[Any] | None] = mapped_column(JsonColumn)
    # When its page last reported, and when the next check of who sits there is due: a secret.
    heard_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    check_due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ExamBlueprint(Base):
    """What papers of a course draw, as `rules.blueprints.Section.stored`; the newest counts.

    A row never changes: papers that were drawn by it name it.
    """

    __tablename__ = "exam_blueprint"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    sections: Mapped[list[Any]] = mapped_column(JsonColumn)
    seconds: Mapped[int]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str | None] = mapped_column(Id)


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


class ExamMark(Base):
    """What one person gave for one short answer: points by line of the rubric; never changed."""

    __tablename__ = "exam_mark"
    __table_args__ = (
        UniqueConstraint("attempt_id", "item_id", "place"),
        UniqueConstraint("attempt_id", "item_id", "marker_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("exam_attempt.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("exam_item.id"))
    marker_id: Mapped[str] = mapped_column(Id)
    # The first mark of an answer is 1; 3 is that of who decides between two.
    place: Mapped[int]
    points: Mapped[list[Any]] = mapped_column(JsonColumn)
    total: Mapped[int]
    marked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
