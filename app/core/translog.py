"""The project's one transparency log: its tables, and how a record is entered into it.

A leaf is a salted commitment and holds no personal data. A record is entered in the transaction
that writes it, into `log_waiting`; the sequencer gives it its place afterwards.
"""

import datetime as dt
import hmac
import secrets
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import SEAL, Base, Id, UtcDateTime

SALT_BYTES: Final = 16


class Kind(StrEnum):
    """What is entered; the name of the record's table."""

    LEDGER_ENTRY = "ledger_entry"
    AUDIT_EVENT = "audit_event"
    CERTIFICATE = "certificate"


class LogWaiting(Base):
    """A record that is written but has no place in the log yet."""

    __tablename__ = "log_waiting"

    # The record first: ids begin with their moment, and the sequencer takes the oldest.
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)


class LogLeaf(Base):
    """An entry at its place, for ever (a trigger refuses changes)."""

    __tablename__ = "log_leaf"
    __table_args__ = (UniqueConstraint("kind", "record_id"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(Id)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)


class LogTile(Base):
    """256 neighbouring hashes of the tree, kept once they are complete, and the root over them."""

    __tablename__ = "log_tile"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """The tree after one batch, signed; `note` is the whole text as it is served."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class LogCosignature(Base):
    """A witness's line under a checkpoint; `stamp` is the witness's own time, in seconds.

    `witness` says by which key, `name+hash`: a witness that changes its key has two of one name.
    Lines from before 28 November 2026 have the name alone there.
    """

    __tablename__ = "log_cosignature"

    size: Mapped[int] = mapped_column(ForeignKey("log_checkpoint.size"), primary_key=True)
    witness: Mapped[str] = mapped_column(String(200), primary_key=True)
    stamp: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str] = mapped_column(Text)


def commit_to(kind: str, record: bytes, salt: bytes) -> bytes:
    """The entry of the log for a record: SHA-256 over salt, kind, a newline and the record."""
    return sha256(salt + kind.encode() + b"\n" + record).digest()


def salt_of(key: bytes, kind: str, record_id: str, record: bytes) -> bytes:
    """A salt that nobody makes without the key: it hides the record, and shows who entered it."""
    message = f"{kind}\n{record_id}\n".encode() + record
    return hmac.digest(key, message, "sha256")[:SALT_BYTES]


def enter(db: Session, kind: Kind, record_id: str, record: bytes) -> None:
    """Enter a record in the transaction that writes it; `record` are its canonical bytes.

    Its salt is made with the database's sealing key (`Database.seal_with`). A record is entered
    once: a second time fails with the transaction.
    """
    key = db.info.get(SEAL)
    salt = salt_of(key, kind, record_id, record) if key else secrets.token_bytes(SALT_BYTES)
    db.add(
        LogWaiting(
            record_id=record_id, kind=kind, salt=salt, commitment=commit_to(kind, record, salt)
        )
    )  # fmt: skip
