"""The auditor's walk: each learner's chain, every entry against its leaf, every session's evidence.

All checks raise DifferenceError at the first thing that is not as it was written.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.core.errors import InvalidError
from app.core.log_audit import AT_ONCE, DifferenceError, refuse_extra
from app.core.log_records import Entered, Look, entered
from app.core.translog import Kind
from app.learning.models.ledger import LedgerEntry
from app.learning.repository import audit as rows
from app.learning.repository.evidence import get_evidence
from app.learning.repository.study import get_session
from app.learning.rules.chain import first_head
from app.learning.rules.ledger import FIRST, Line, line_bytes
from app.learning.services import evidence, releases, sealed, signed_sessions

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


@dataclass(frozen=True, slots=True)
class Judged:
    """How many sessions were judged again, with how many releases, and how many are signed.

    Signed is a release by an answer of its own session's device, over the very head it stands on.
    """

    sessions: int
    releases: int
    signed: int


def check_evidence(db: Session, vault: Vault) -> Judged:
    """Judge every session again, the open ones as far as they came.

    The same total as when it was credited, a whole chain of reports, no more released than was
    credited, and the signatures of devices that have a key. Raises DifferenceError.
    """
    sessions = rows.sessions_to_judge(db)
    found = []
    for session_id in sessions:
        found.append(check_session(db, vault, session_id))
        db.expunge_all()
    return Judged(
        len(sessions), sum(each.releases for each in found), sum(each.signed for each in found)
    )  # fmt: skip


def check_session(db: Session, vault: Vault, session_id: str) -> Judged:
    """Judge one session again. Raises DifferenceError."""

    def differs(table: str, field: str, sentence: str) -> DifferenceError:
        return DifferenceError(table, f"session {session_id}", sentence, field=field)

    if get_session(db, session_id) is None:
        raise DifferenceError(
            "study_session", session_id, "is missing, but the ledger has entries of it", field="id"
        )
    _check_key(db, vault, session_id)
    table = _check_seal(db, vault, session_id)
    if not evidence.is_chain_whole(db, vault, session_id):
        raise differs(
            table, "body or head", "the reports do not give the session's head one by one"
        )
    credited = evidence.credited_ms(db, session_id)
    try:
        again = evidence.judge_again(db, session_id)
    except (InvalidError, ValueError, TypeError, KeyError) as error:
        raise differs(table, "reading", f"cannot be judged again ({error!r})") from error
    if again.credited_ms != credited:
        raise differs(
            table, "credited_ms or reading",
            f"credited {credited} ms, but the evidence judged again gives {again.credited_ms} ms",
        )  # fmt: skip
    judged = _check_releases(db, vault, session_id, table)
    if not again.is_sound:
        raise differs(table, "reading", "spends more server time than there was")
    if (released := rows.released_ms(db, session_id)) > credited:
        raise differs(
            _TABLE, "ms", f"{released} ms were released, but only {credited} ms were credited"
        )
    return judged


def _check_key(db: Session, vault: Vault, session_id: str) -> None:
    """The session's key opens under its id, and gives the head that its chain begins at."""
    session = evidence.session_of(db, session_id)
    try:
        key = sealed.open_key(vault, session_id, session.key_sealed)
    except (InvalidTag, KeyError, ValueError) as error:
        raise DifferenceError(
            "study_session", f"session {session_id}",
            "the key does not open: it was altered, or belongs to a session of another id",
            field="key_sealed or id",
        ) from error  # fmt: skip
    if session.first_head != first_head(key, session_id):
        raise DifferenceError(
            "study_session", f"session {session_id}", "is not the head that the key gives",
            field="first_head",
        )  # fmt: skip


def _check_seal(db: Session, vault: Vault, session_id: str) -> str:
    """Which table the evidence stands in; sealed, it must be what was sealed."""
    session = evidence.session_of(db, session_id)
    kept = get_evidence(db, session.learner_id, session_id)
    if kept is None:
        return "study_batch"
    try:
        *_, stood = evidence.standings_of(db, vault, session)
    except ValueError as error:
        raise DifferenceError(
            "study_evidence", f"session {session_id}", str(error), field="sealed"
        ) from error
    if stood.account != kept.account:
        raise DifferenceError(
            "study_evidence", f"session {session_id}",
            "the account of all judgements is not that of the sealed evidence",
            field="sealed or account",
        )  # fmt: skip
    return "study_evidence"


def _check_releases(db: Session, vault: Vault, session_id: str, table: str) -> Judged:
    """Every release is bound to reports and judgements that stand as they stood then.

    And what the session's device had to sign is signed. Raises DifferenceError.
    """
    entries = rows.releases_of(db, session_id)
    if not entries:
        return Judged(1, 0, 0)
    session = evidence.session_of(db, session_id)
    checks = releases.checks_of(db, session.learner_id)
    stood = evidence.standings_of(db, vault, session)
    bound = []
    for entry in entries:
        found = releases.bound_to(entry, checks, stood)
        if found is None:
            raise DifferenceError(
                table, f"session {session_id}",
                "the reports and how they were judged are not those that ledger entry "
                f"{entry.id} was released on",
                field="reading, credited_ms, head, or the check",
            )  # fmt: skip
        bound.append((found[0], found[1].head))
    heads = frozenset(standing.head for standing in stood)
    signed = signed_sessions.check_signatures(db, session, heads)
    return Judged(1, len(bound), sum(each in signed for each in bound))
