"""The facts a certificate states, frozen at issue, and the exact bytes that are signed."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

VERSION = 1
SIGNED_AS = b"shixue-certificate-1\n"
"""Put before the bytes: a signature made for one purpose is none for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """Public facts: the holder is masked, `commitment` binds the full name and number."""

    version: int
    public_id: str
    number: str
    type: str
    holder_name: str
    holder_number: str
    commitment: str
    programme: str
    course: str
    cluster: str
    institution: str
    hours: str
    study_ms: int
    hour_s: int
    score: int
    started_on: str
    completed_on: str
    issued_at: str
    expires_on: str
    policy: str
    basis: str
    evidence: str

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self | None:
        """The facts from stored or foreign values; None where a field or a type is not right."""
        if set(given) != {field.name for field in fields(cls)}:
            return None
        is_right = all(type(given[field.name]) is field.type for field in fields(cls))
        return cls(**given) if is_right else None

    def to_mapping(self) -> dict[str, Any]:
        return asdict(self)


def canonical(facts: CertificateFacts) -> bytes:
    """RFC 8785: keys in order, no blanks; with texts and whole numbers alone it is this."""
    return json.dumps(
        facts.to_mapping(), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def message_of(facts: CertificateFacts) -> bytes:
    """What is signed."""
    return SIGNED_AS + canonical(facts)


def expiry(completed_on: dt.date, months: int | None) -> str:
    """The last day of validity as text; empty where there is none."""
    if months is None:
        return ""
    year, month = divmod(completed_on.year * 12 + completed_on.month - 1 + months, 12)
    for day in (completed_on.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, day).isoformat()
        except ValueError:
            continue
    message = "a month has at least 28 days"
    raise AssertionError(message)
