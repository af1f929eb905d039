"""Who sat at a paper: the identity checks of an attempt, and when its page was left."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime

_OPEN: dict[str, Any] = {
    "sqlite_where": text("verdict IS NULL"), "postgresql_where": text("verdict IS NULL"),
}  # fmt: skip


class ExamCheck(Base):
    """One check with all its tries; each try is an identity check of its own.

    The prompt is blanked when it is over: it names a question, and masked where the code went.
    """

    __tablename__ = "exam_check"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        Index("uq_exam_check_open", "attempt_id", unique=True, **_OPEN),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("exam_attempt.id"))
    number: Mapped[int]
    why: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(20))
    raised_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    tries_left: Mapped[int]
    uncertain: Mapped[int] = mapped_column(default=0)
    is_heard: Mapped[bool] = mapped_column(default=False)
    judging_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # By how much the end of the paper was put off while it was open.
    lent_ms: Mapped[int] = mapped_column(default=0)
    # How much of that our judging and our outages took.
    ours_ms: Mapped[int] = mapped_column(default=0)
    # The question, from 0, that was open and got that time too, where each has a limit.
    place: Mapped[int | None]
    prompt_number: Mapped[int] = mapped_column(default=0)
    prompt: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    # The identity room's own records of the tries, the open one last.
    check_ids: Mapped[list[Any]] = mapped_column(JsonColumn)
    verdict: Mapped[str | None] = mapped_column(String(12))
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ExamAbsence(Base):
    """A time for which the page was left, or not heard of; evidence that decides nothing.

    `number` is the page's own count, so that a report that comes twice is noted once.
    """

    __tablename__ = "exam_absence"
    __table_args__ = (UniqueConstraint("attempt_id", "device_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("exam_attempt.id"), index=True)
    device_id: Mapped[str] = mapped_column(Id)
    number: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
