"""The auditor's walk: each learner's chain, every entry against its leaf.

All checks raise DifferenceError at the first thing that is not as it was written.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.core.log_audit import AT_ONCE, DifferenceError, refuse_extra
from app.core.log_records import Entered, Look, entered
from app.core.translog import Kind
from app.learning.models.ledger import LedgerEntry
from app.learning.repository import audit as rows
from app.learning.rules.ledger import FIRST, Line, line_bytes

_TABLE = "ledger_entry"
_HASHES_END = 1 + len(rows.COLUMNS)
_FIELDS = ", ".join(name for name in Line.__struct_fields__ if name not in ("learner_id", "number"))


class _Entry(Struct, frozen=True, gc=False):
    """A row of the ledger with what the log holds of it."""

    line: Line
    prev_hash: str
    hash: str
    log: Entered

    @property
    def name(self) -> str:
        return f"{self.log.record_id} (learner {self.line.learner_id}, number {self.line.number})"


def check_ledger(db: Session, look: Look) -> int:
    """Walk every learner's hash chain and compare each entry with its leaf; returns how many.

    `look` is shown each of them. Raises DifferenceError.
    """
    placed = waiting = 0
    for entry, record in _walk(db):
        look(entry.log, record)
        placed += entry.log.position is not None
        waiting += entry.log.position is None
    refuse_extra(db, Kind.LEDGER_ENTRY, LedgerEntry.id, placed=placed, waiting=waiting)
    return placed + waiting


def _walk(db: Session) -> Iterator[tuple[_Entry, bytes]]:
    """Every entry that is as it should be, with its canonical bytes."""
    learner_id, expected, head = "", 1, FIRST
    for row in _rows(db):
        entry = _read(row)
        if entry.line.learner_id != learner_id:
            learner_id, expected, head = entry.line.learner_id, 1, FIRST
        yield entry, _check_entry(db, entry, expected, head)
        head, expected = entry.hash, expected + 1


def _rows(db: Session) -> Iterator[Row[Any]]:
    """Every entry beside the log; one that holds what its column cannot mean is named."""
    with rows.entries_beside_log(db, at_once=AT_ONCE) as found:
        try:
            yield from found
        except (ValueError, TypeError) as error:
            if (unread := rows.unreadable_entry(db)) is None:
                raise
            entry_id, field = unread
            raise DifferenceError(
                _TABLE, entry_id, f"cannot be read ({error})", field=field
            ) from error


def _read(row: Row[Any]) -> _Entry:
    *line, prev_hash, own = row[1:_HASHES_END]
    return _Entry(Line(*line), prev_hash, own, entered(Kind.LEDGER_ENTRY, row))


def _check_entry(db: Session, entry: _Entry, expected: int, head: str) -> bytes:
    record = line_bytes(entry.line, entry.prev_hash)
    own = hashlib.sha256(record).hexdigest()
    fits = entry.log.fits(record)
    if entry.line.number != expected:
        raise _out_of_order(entry, expected)
    if entry.prev_hash != head:
        raise _does_not_follow(entry, head, fits=fits)
    if fits and entry.hash != own:
        raise _altered(entry, "hash", "is not the hash of the entry, which is as it was entered")
    if not fits and entry.hash != own:
        raise _altered(entry, _FIELDS, "one of these was altered: hash and log both disagree")
    if not fits:
        raise _rewritten(db, entry)
    return record


def _altered(entry: _Entry, field: str, sentence: str) -> DifferenceError:
    return DifferenceError(
        _TABLE, entry.name, sentence, field=field, positions=entry.log.positions
    )  # fmt: skip


def _out_of_order(entry: _Entry, expected: int) -> DifferenceError:
    """Another number than the next one: altered, or the entries before it are gone."""
    if entry.log.fits(line_bytes(replace(entry.line, number=expected), entry.prev_hash)):
        return _altered(entry, "number", f"was entered as number {expected}")
    learner = entry.line.learner_id
    sentence = f"is missing: number {entry.line.number} follows instead ({entry.log.record_id})"
    return DifferenceError(_TABLE, f"number {expected} of learner {learner}", sentence)


def _does_not_follow(entry: _Entry, head: str, *, fits: bool) -> DifferenceError:
    if entry.log.fits(line_bytes(entry.line, head)):
        return _altered(entry, "prev_hash", "is not the hash of the entry before")
    if fits:
        return _altered(entry, "prev_hash", "was entered after another entry than stands before it")
    return _altered(entry, f"prev_hash, {_FIELDS}", "the entry was rewritten")


def _rewritten(db: Session, entry: _Entry) -> DifferenceError:
    """The hash is right and the leaf is not: the next entry tells which of them to believe."""
    row = rows.entry_beside_log(db, entry.line.learner_id, entry.line.number + 1)
    after = _read(row) if row is not None else None
    if after is not None and after.log.fits(line_bytes(after.line, after.prev_hash)):
        if after.prev_hash == entry.hash:
            return DifferenceError(
                "log_leaf" if entry.log.position is not None else "log_waiting", entry.name,
                "the entry is as it was entered, but not what salt and commitment say",
                field="salt", positions=entry.log.positions,
            )  # fmt: skip
        return _altered(entry, _FIELDS, "the entry was rewritten together with its hash")
    sentence = "the entry was rewritten together with its hash, or the salt of its leaf altered"
    return _altered(entry, f"{_FIELDS} or log salt", sentence)
