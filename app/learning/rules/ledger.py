"""The ledger's hash chain (R11), and what binds an entry to the evidence behind it (R20)."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import asdict

FIRST = "0" * 64
# Sorted keys, no blanks, nothing escaped but what must be: the canonical form of docs/log.md.
_canonical = Encoder(order="deterministic").encode

_ACCOUNT = b"shixue-account-1\n"


@dataclass(frozen=True, slots=True)
class Report:
    """A stored batch as an account covers it: its head, its credit, and what its judgement read."""

    head: str
    credited_ms: int
    reading: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a session stood: the head of its chain and the account of its judgements."""

    head: str
    account: str


class Line(Struct, frozen=True, gc=False):
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
    plain = asdict(line)
    plain |= {"day": line.day.isoformat(), "at": _moment(line.at), "prev": previous}
    return _canonical(plain)


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


def standings(session_id: str, first_head: str, reports: Sequence[Report]) -> Iterator[Standing]:
    """Yield where a session stood at first, and after each report.

    The learner's key covers what was reported, not how it was judged: notes and credits of all
    judgements so far are summed up here, one hash over the other.
    """
    account = hashlib.sha256(_ACCOUNT + session_id.encode()).digest()
    yield Standing(first_head, account.hex())
    for report in reports:
        told = report.head.encode() + report.credited_ms.to_bytes(8, "big", signed=True)
        account = hashlib.sha256(account + told + report.reading).digest()
        yield Standing(report.head, account.hex())


def binding(check: str, session_id: str, standing: Standing) -> str:
    """The evidence hash of an entry: the check that released it, and where its session stood."""
    text = f"{check}:{session_id}:{standing.head}:{standing.account}"
    return hashlib.sha256(text.encode()).hexdigest()
