"""The text in the QR code: an address, and behind its # the signed minimum in decimal digits.

Whoever scans can read it, so it holds masked facts alone; off line it can be checked with the
public keys and nothing else. Digits, because a QR code packs them tightest. Two forms of the
message were ever printed: 1 was JSON, 2 is CBOR (RFC 8949), which is shorter.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import cbor2

from app.certs.rules.facts import CertificateFacts

SIGNED_AS = {1: b"shixue-qr-1\n", 2: b"shixue-qr-2\n"}
FORM = 2
KEY_ID_BYTES, SIGNATURE_BYTES = 4, 64
FIELDS = (
    "number", "holder_name", "holder_number", "type", "course", "institution", "hours",
    "completed_on", "expires_on",
)  # fmt: skip
_ID = r"[A-Za-z0-9_-]{10,40}"
_PRINTED = re.compile(rf"https?://[^/\s]+/v/{_ID}#[0-9]{{1,4000}}")
_MARK = r"[#＃]|%23|(?i:%EF%BC%83)"
_TEXT = re.compile(
    rf"((?i:https?))://([^/\s]+)/v/({_ID})(?:\?[^#＃\s]*?)?(?:({_MARK})([0-9]{{0,4000}}))?"
)
"""As it comes on the way here too: messengers put a query behind an address, keyboards write a #
in full width, browsers and programs write either of them with %, some write the scheme in capitals.
Nothing of that is signed, or says anything."""
_OPENED = re.compile(rf"({_ID})(?:{_MARK})([0-9]{{0,4000}})")
_TYPED = re.compile(r"(?:(https?):[/\\]*)?([^/?#\s]+)", re.IGNORECASE)
_PLAIN_HOST = re.compile(r"(?=.{4,80}$)[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Seal:
    """What the digits hold: which key, its signature, and the message it is over."""

    key_id: str
    signature: bytes
    message: bytes
    form: int = FORM

    @property
    def signed(self) -> bytes:
        return SIGNED_AS[self.form] + self.message

    def stated(self) -> dict[str, str] | None:
        """The fields of a message whose signature is good; None where it is no message of ours."""
        try:
            values = (json.loads if self.form == 1 else cbor2.loads)(self.message)
        except (ValueError, cbor2.CBORDecodeError, RecursionError):
            return None
        if not isinstance(values, list) or len(values) != 1 + len(FIELDS):
            return None
        return dict(zip(FIELDS, map(str, values[1:]), strict=True))


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text that has the shape of ours; `seal` is None where digits are missing or broken.

    Of `host`, with a port where there is one, nothing is signed. `is_coded`: there is a #, whether
    or not anything stands behind it.
    """

    host: str
    public_id: str
    digits: str
    seal: Seal | None
    is_coded: bool = True


def minimum_of(facts: CertificateFacts) -> bytes:
    """The message of the code: version and the masked fields, in a fixed order."""
    values = [facts.version, *(getattr(facts, name) for name in FIELDS)]
    return cbor2.dumps(values, canonical=True)


def is_of(seal: Seal, facts: CertificateFacts) -> bool:
    """Tell whether a message states these facts, all of them and nothing else."""
    if seal.form == FORM:
        return seal.message == minimum_of(facts)
    return seal.stated() == {name: str(getattr(facts, name)) for name in FIELDS}


def payload_bytes(minimum: bytes) -> int:
    """How long what the digits spell will be: form, key, signature and message."""
    return 1 + KEY_ID_BYTES + SIGNATURE_BYTES + len(minimum)


def to_digits(seal: Seal) -> str:
    payload = bytes([seal.form]) + bytes.fromhex(seal.key_id) + seal.signature + seal.message
    return str(int.from_bytes(payload))


def read_digits(digits: str) -> Seal | None:
    """What digits hold; None where they are none of ours. They have one spelling: no 0 in front."""
    if digits.startswith("0"):
        return None
    number = int(digits)
    payload = number.to_bytes((number.bit_length() + 7) // 8)
    head = 1 + KEY_ID_BYTES
    if len(payload) <= head + SIGNATURE_BYTES or payload[0] not in SIGNED_AS:
        return None
    return Seal(
        payload[1:head].hex(),
        payload[head : head + SIGNATURE_BYTES],
        payload[head + SIGNATURE_BYTES :],
        payload[0],
    )


def text_of(address: str, public_id: str, digits: str) -> str:
    return f"{address}/v/{public_id}#{digits}"


def hosts_of(addresses: Iterable[str]) -> frozenset[str]:
    """The hosts of addresses of ours, spelled as `read_text` tells that of a code."""
    return frozenset(_host(*address.split("://", 1)) for address in addresses)


def typed_host(address: str) -> str:
    """The host of an address as people type it, be there `https://` or not; empty where none is.

    All that stands before the path, a name and an @ too: what is no host of ours is never taken
    for one.
    """
    found = _TYPED.match(address)
    return _host((found[1] or "https").lower(), found[2]) if found else ""


def _host(scheme: str, place: str) -> str:
    """As browsers send it: small letters, and a port where it is not the usual one."""
    usual = ":443" if scheme == "https" else ":80"
    return place.strip().lower().removesuffix(usual)


def told_host(host: str) -> str:
    """A host that can be told to a person; nothing for what is none, be it words or a disguise."""
    return host if _PLAIN_HOST.fullmatch(host) else ""


def read_text(text: str) -> Scanned | None:
    """Read a scanned text; None for one that is not ours at all."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        return None
    public_id, digits = found[3], found[5] or ""
    seal = read_digits(digits) if digits else None
    return Scanned(_host(found[1].lower(), found[2]), public_id, digits, seal, bool(found[4]))


def is_page_id(text: str) -> bool:
    """Tell whether a text has the form of what stands for a certificate in its page's address."""
    return re.fullmatch(_ID, text) is not None


def read_opened(tail: str) -> tuple[str, str] | None:
    """The page's id and the digits, where a # that came as another sign took both into the path.

    None for everything else: what is opened then has no code, or none that could be one.
    """
    found = _OPENED.fullmatch(tail)
    return (found[1], found[2]) if found else None


def is_printed(text: str) -> bool:
    """Tell whether a text is spelled as those that we print."""
    return _PRINTED.fullmatch(text) is not None


def is_cut_short(digits: str, issued_text: str) -> bool:
    """Tell whether digits are the beginning of those that were issued, and not all of them."""
    _, _, issued = issued_text.partition("#")
    return digits != issued and issued.startswith(digits)
