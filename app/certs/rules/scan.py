"""The text in the QR code: an address, and behind its # the signed minimum in decimal digits.

Whoever scans can read it, so it holds masked facts alone; off line it can be checked with the
public keys and nothing else. Digits, because a QR code packs them tightest.
"""

import json
import re
from dataclasses import dataclass

from app.certs.rules.facts import CertificateFacts

SIGNED_AS = b"shixue-qr-1\n"
KEY_ID_BYTES, SIGNATURE_BYTES = 4, 64
FIELDS = (
    "number", "holder_name", "holder_number", "type", "course", "institution", "hours",
    "completed_on", "expires_on",
)  # fmt: skip
_TEXT = re.compile(r"^https?://[^/\s]+/v/([A-Za-z0-9_-]{10,40})(?:#(\d{1,4000}))?$")


@dataclass(frozen=True, slots=True)
class Seal:
    """What the digits hold: which key, its signature, and the message it is over."""

    key_id: str
    signature: bytes
    message: bytes

    @property
    def signed(self) -> bytes:
        return SIGNED_AS + self.message


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text that has the shape of ours; `seal` is None where digits are missing or broken."""

    public_id: str
    digits: str
    seal: Seal | None


def minimum_of(facts: CertificateFacts) -> bytes:
    """The message of the code: version and the masked fields, in a fixed order."""
    values = [facts.version, *(getattr(facts, name) for name in FIELDS)]
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()


def to_digits(seal: Seal) -> str:
    payload = b"\x01" + bytes.fromhex(seal.key_id) + seal.signature + seal.message
    return str(int.from_bytes(payload))


def read_digits(digits: str) -> Seal | None:
    number = int(digits)
    payload = number.to_bytes((number.bit_length() + 7) // 8)
    head = 1 + KEY_ID_BYTES
    if payload[:1] != b"\x01" or len(payload) <= head + SIGNATURE_BYTES:
        return None
    return Seal(
        payload[1:head].hex(),
        payload[head : head + SIGNATURE_BYTES],
        payload[head + SIGNATURE_BYTES :],
    )


def text_of(address: str, public_id: str, digits: str) -> str:
    return f"{address}/v/{public_id}#{digits}"


def read_text(text: str) -> Scanned | None:
    """Read a scanned text; None for one that is not ours at all."""
    found = _TEXT.match(text.strip())
    if found is None:
        return None
    digits = found[2] or ""
    return Scanned(found[1], digits, read_digits(digits) if digits else None)


def is_cut_short(digits: str, issued_text: str) -> bool:
    """Tell whether digits are the beginning of those that were issued, and not all of them."""
    _, _, issued = issued_text.partition("#")
    return digits != issued and issued.startswith(digits)
