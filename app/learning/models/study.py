"""Study: the learner's lease and state, sessions, coverage, pending time and delivered media.

Every key begins with the learner. What every beat writes is tied by a foreign key to its session
or enrolment alone: these rows are tied to the rest, and each check is paid for with every beat.
The rules count in epoch milliseconds, and so do these columns: a moment that went through a
calendar would not replay.
"""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class StudyLearner(Base):
    """What belongs to the learner over all sessions, and the lease on the one open session."""

    __tablename__ = "study_learner"
    __table_args__ = (Index(None, "next_expiry_ms"), Index(None, "open_session_id"))

    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    open_session_id: Mapped[str | None] = mapped_column(Id)
    clock_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    pass_number: Mapped[int] = mapped_column(server_default=text("0"))
    day: Mapped[int] = mapped_column(server_default=text("0"))
    day_used_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    since_presence_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    since_identity_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    presence_due_ms: Mapped[int | None] = mapped_column(BigInteger)
    identity_due_ms: Mapped[int | None] = mapped_column(BigInteger)
    challenge_id: Mapped[str | None] = mapped_column(Id)
    hold: Mapped[str | None] = mapped_column(String(20))
    is_under_review: Mapped[bool] = mapped_column(server_default=text("false"))
    silent_run: Mapped[int] = mapped_column(server_default=text("0"))
    uncertain_run: Mapped[int] = mapped_column(server_default=text("0"))
    silent_day: Mapped[int] = mapped_column(server_default=text("0"))
    silent_count: Mapped[int] = mapped_column(server_default=text("0"))
    check_day: Mapped[int] = mapped_column(server_default=text("0"))
    check_count: Mapped[int] = mapped_column(server_default=text("0"))
    misses: Mapped[list[Any]] = mapped_column(JsonColumn, server_default=text("'[]'"))
    identity_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    identity_device: Mapped[str] = mapped_column(String(40), server_default=text("''"))
    stint_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    stint_at_ms: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # The pending piece that expires first, so that the calendar finds it without a scan.
    next_expiry_ms: Mapped[int | None] = mapped_column(BigInteger)
    expiry_noticed_ms: Mapped[int | None] = mapped_column(BigInteger)

    # Compare and set: a write that was judged on an older version of the row finds none.
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's spelling


IS_UNSEALED = text("NOT study_session.is_sealed")
"""As its index has it: by any other spelling SQLite reads every session there ever was."""
_INDEXED = text("closed_at IS NOT NULL AND NOT is_sealed")
_UNSEALED: dict[str, Any] = {"sqlite_where": _INDEXED, "postgresql_where": _INDEXED}


class FrozenPolicy(Base):
    """A policy that sessions were opened under; the version is made of the fields, so it stays."""

    __tablename__ = "frozen_policy"

    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JsonColumn)


class StudySession(Base):
    """One learner, one enrolment, one device; the policy is frozen, the key is sealed.

    The row is short, because every beat writes it anew: what sessions share stands elsewhere.
    """

    __tablename__ = "study_session"
    # No index holds what every beat changes: PostgreSQL then rewrites rows in place (HOT).
    __table_args__ = (
        Index(None, "learner_id", "opened_at"),
        Index(None, "phase"),
        Index("ix_study_session_unsealed", "closed_at", **_UNSEALED),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(40))
    policy_version: Mapped[str] = mapped_column(ForeignKey("frozen_policy.version"))
    key_sealed: Mapped[bytes]
    first_head: Mapped[str] = mapped_column(String(43))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    phase: Mapped[str] = mapped_column(String(12))
    lesson_id: Mapped[str] = mapped_column(Id)
    opened_at_ms: Mapped[int] = mapped_column(BigInteger)
    heard_at_ms: Mapped[int] = mapped_column(BigInteger)
    allowance_ms: Mapped[int] = mapped_column(BigInteger)
    ack_seq: Mapped[int]
    last_t_ms: Mapped[int] = mapped_column(BigInteger)
    is_restarted: Mapped[bool] = mapped_column(default=False)
    run: Mapped[list[Any]] = mapped_column(JsonColumn)
    head: Mapped[str] = mapped_column(String(43))
    # The last accepted pair is (last_prev, head): the same pair again gets the same verdicts.
    last_prev: Mapped[str | None] = mapped_column(String(43))
    last_verdicts: Mapped[bytes | None]
    # Whether the evidence of an ended session was dealt with: it stands in one row, or is unsound.
    is_sealed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class LessonCoverage(Base):
    """What of a lesson is credited in this enrolment; `covered` is a packed set of stretches."""

    __tablename__ = "lesson_coverage"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[str] = mapped_column(Id, primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(Id, primary_key=True)
    covered: Mapped[bytes]
    covered_ms: Mapped[int] = mapped_column(BigInteger)
    frontier_ms: Mapped[int] = mapped_column(BigInteger)


class PendingPiece(Base):
    """Credited time that waits for an identity check."""

    __tablename__ = "pending_piece"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[str] = mapped_column(Id, primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(Id, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    pass_number: Mapped[int] = mapped_column(primary_key=True)
    is_ripe: Mapped[bool] = mapped_column(primary_key=True)
    first_at_ms: Mapped[int] = mapped_column(BigInteger)
    expires_at_ms: Mapped[int] = mapped_column(BigInteger)
    stretches: Mapped[bytes]
    ms: Mapped[int] = mapped_column(BigInteger)


class StudyBatch(Base):
    """The evidence of an open session: a batch as it arrived, all that its judgement read (R20).

    `reading` is packed (services/evidence_pack.py). Sealing replaces these rows by one.
    """

    __tablename__ = "study_batch"
    __table_args__ = ({"sqlite_with_rowid": False},)

    learner_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"), primary_key=True)
    ack_seq: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(Id)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    head: Mapped[str] = mapped_column(String(43))
    reading: Mapped[bytes] = mapped_column(LargeBinary)
    credited_ms: Mapped[int] = mapped_column(BigInteger)


class StudyEvidence(Base):
    """The evidence of an ended session: all its batches in one value (rules/sealing.py).

    `account` sums up all its judgements, as releases are bound to them.
    """

    __tablename__ = "study_evidence"
    __table_args__ = (Index(None, "sealed_at"),)

    learner_id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"), primary_key=True)
    batches: Mapped[int]
    credited_ms: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes]
    sealed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class StudyCut(Base):
    """Time that was not counted, or did not stay counted: what the learner reads, with moments."""

    __tablename__ = "study_cut"
    __table_args__ = (
        Index(None, "learner_id", "enrolment_id", "day"),
        Index(None, "session_id", "last_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("study_session.id"))
    day: Mapped[dt.date] = mapped_column(Date)
    code: Mapped[str] = mapped_column(String(20))
    ms: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # What an upheld appeal gave back of it.
    granted_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class MediaDelivery(Base):
    """Which bytes and pages of a lesson were really sent to the learner, as packed sets."""

    __tablename__ = "media_delivery"

    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    byte_ranges: Mapped[bytes]
    positions: Mapped[bytes]
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # Whose bytes these are; a lesson that got another film is sent anew.
    asset_id: Mapped[str | None] = mapped_column(Id)
