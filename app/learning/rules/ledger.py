"""The ledger's hash chain: what an entry's hash covers, and whether a chain is whole (R11)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

FIRST = "0" * 64


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


def line_hash(line: Line, previous: str) -> str:
    plain = asdict(line) | {"day": line.day.isoformat(), "at": _moment(line.at), "prev": previous}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
