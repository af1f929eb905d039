"""A proof of hours 学时证明 as a signed file: what it states, and the bytes that are signed."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.org.rules.proof import ProofFacts, as_members

FORMAT = "shixue-proof-2"
SIGNED_AS = b"shixue-proof-2\n"
"""Before the bytes: this signature is none over a certificate, nor over the facts of a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMark:
    """Where the ledger stood for one course: its entries, and the place of the last in the log.

    `evidence` is one hash over the entries, the same that a certificate states. `position` is None
    where there is no entry, or where the last still waits for its place.
    """

    entries: int
    evidence: str
    last_entry: str
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Whose it is, and when it was made; `number` is empty where the person made it themselves."""

    number: str
    holder_name: str
    operator: str
    made_at: dt.datetime
    made_on: dt.date


def statement(
    facts: ProofFacts, made: Made, marks: Sequence[LedgerMark], checkpoint: str
) -> dict[str, Any]:
    """What is signed. `marks` are the courses', in their order; `checkpoint` is the log's newest.

    Raises ValueError where there are not as many marks as courses.
    """
    members: dict[str, Any] = as_members(facts)
    return members | {
        "format": FORMAT,
        "number": made.number,
        "holder_name": made.holder_name,
        "operator": made.operator,
        "made_at": made.made_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "made_on": made.made_on.isoformat(),
        "confirmed_ms": facts.confirmed_ms,
        "checkpoint": checkpoint,
        "courses": [
            course | {"ledger": asdict(mark)}
            for course, mark in zip(members["courses"], marks, strict=True)
        ],
    }


def message_of(stated: Mapping[str, Any]) -> bytes:
    """RFC 8785 behind the line: with texts and whole numbers alone, sorted and tight is this."""
    text = json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return SIGNED_AS + text.encode()
