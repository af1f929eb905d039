"""Challenges, the answers to them, and the holds that follow."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime

_ASKS_OF_PERSON = text("kind = 'identity' AND prompt IS NOT NULL")


class StudyChallenge(Base):
    """One challenge with all its tries; `secret` (what must be tapped or typed) is sealed."""

    __tablename__ = "study_challenge"
    __table_args__ = (
        Index(None, "learner_id", "raised_at"),
        Index(None, "session_id"),
        # What is let go after a while (core/keeping.py) is found without a scan.
        Index(
            "ix_study_challenge_prompts", "id", sqlite_where=_ASKS_OF_PERSON,
            postgresql_where=_ASKS_OF_PERSON,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    kind: Mapped[str] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(20))
    raised_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    raised_at_ms: Mapped[int] = mapped_column(BigInteger)
    expires_at_ms: Mapped[int] = mapped_column(BigInteger)
    tries_left: Mapped[int]
    is_heard: Mapped[bool]
    is_on_hold: Mapped[bool]
    is_scheduled: Mapped[bool]
    judging_until_ms: Mapped[int | None] = mapped_column(BigInteger)
    prompt_number: Mapped[int]
    # Of an identity check it is blanked after a while: question, and masked where the code went.
    prompt: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    secret: Mapped[bytes | None]
    # The identity room's own record of the try that is open.
    check_id: Mapped[str | None] = mapped_column(Id)
    ruling: Mapped[str | None] = mapped_column(String(20))
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class StudyAnswer(Base):
    """One answer to a challenge, as evidence: no picture, but the hash of what was judged."""

    __tablename__ = "study_answer"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("study_challenge.id"))
    number: Mapped[int]
    arrived_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    head: Mapped[str] = mapped_column(String(43))
    device_id: Mapped[str] = mapped_column(String(40))
    signature: Mapped[str] = mapped_column(String(200))
    """The device key's signature (R22), base64url; empty where the device has no key."""
    device_key_id: Mapped[str | None] = mapped_column(Id)
    # What the signature covers besides head and challenge, and what the check itself left behind.
    prompt_number: Mapped[int | None]
    payload_hash: Mapped[str | None] = mapped_column(String(64))
    judged_hash: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))
    ruling: Mapped[str] = mapped_column(String(20))
    check_id: Mapped[str | None] = mapped_column(Id)
    evidence_hash: Mapped[str] = mapped_column(String(64))


class StudyHold(Base):
    """A time in which nothing was credited: why it began, what it took, how it ended."""

    __tablename__ = "study_hold"
    __table_args__ = (Index(None, "learner_id", "ended_at"), Index(None, "session_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[str | None] = mapped_column(ForeignKey("study_session.id"))
    challenge_id: Mapped[str | None] = mapped_column(ForeignKey("study_challenge.id"))
    reason: Mapped[str] = mapped_column(String(20))
    forfeited_ms: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[str | None] = mapped_column(Id)
    began_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(40))
