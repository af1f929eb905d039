"""The ledger's hash chain: what an entry's hash covers, and whether a chain is whole (R11)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

FIRST = "0" * 64
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry, all of which its hash covers."""

    learner_id: str
    number: int
    enrolment_id: str
    lesson_id: str
    session_id: str
    day: dt.date
    ms: int
    kind: str
    policy_version: str
    evidence_hash: str
    reason: str
    author_id: str | None
    at: dt.datetime


def line_bytes(line: Line, previous: str) -> bytes:
    """An entry's canonical bytes, with the hash of the one before: what is hashed, and logged."""
    plain = {name: getattr(line, name) for name in Line.__slots__}
    plain |= {"day": line.day.isoformat(), "at": _moment(line.at), "prev": previous}
    return _canonical(plain).encode()


def line_hash(line: Line, previous: str) -> str:
    return hashlib.sha256(line_bytes(line, previous)).hexdigest()


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def broken_at(chain: Iterable[tuple[Line, str, str]]) -> int | None:
    """The number of the first entry that does not follow from the ones before; None if whole."""
    head, expected = FIRST, 1
    for line, previous, own in chain:
        if line.number != expected or previous != head or own != line_hash(line, head):
            return expected
        head, expected = own, expected + 1
    return None
