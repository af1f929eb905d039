"""The text in a certificate's QR code: its digits hold the masked minimum under a signature."""

import json
import re
from collections.abc import Iterator
from typing import Any

from verifier.issuer import Issuer, is_signed
from verifier.log_proofs import RejectedError
from verifier.records import check_number

TEXT = re.compile(
    r"((?i:https?))://([^/\s]+)/v/[A-Za-z0-9_-]{10,40}(?:\?[^#＃\s]*?)?"
    r"(?:(?:[#＃]|%23|(?i:%EF%BC%83))([1-9][0-9]{0,3999})?)?"
)
"""As it comes on the way here too: with a query of a messenger's, a # in full width, either of them
written with %, a scheme in capitals. Nothing of that is signed, or says anything."""
FIELDS = (
    "number", "holder_name", "holder_number", "type", "course", "institution", "hours",
    "completed_on", "expires_on",
)  # fmt: skip
_SIGNED_AS = {1: b"shixue-qr-1\n", 2: b"shixue-qr-2\n"}
_HEAD, _SIGNATURE = 5, 64


def open_code(text: str, issuer: Issuer) -> tuple[str, dict[str, str]]:
    """Steps 0, 2, 3 and 5: the key's id and the fields. Raises RejectedError."""
    found = TEXT.fullmatch(text.strip())
    if found is None:
        raise RejectedError("step 0 (read): this is not the text of a certificate's code")
    if found[3] is None:
        raise RejectedError(
            "step 0 (read): nothing stands behind its #: the code was cut off, scan all of it"
        )
    number = int(found[3])
    payload = number.to_bytes((number.bit_length() + 7) // 8)
    usual = ":443" if found[1].lower() == "https" else ":80"
    if found[2].lower().removesuffix(usual) not in issuer.hosts:
        raise RejectedError(_at_another_address(found[2], payload[1:_HEAD].hex(), issuer))
    form, signature = payload[:1], payload[_HEAD : _HEAD + _SIGNATURE]
    message = payload[_HEAD + _SIGNATURE :]
    signed_as = _SIGNED_AS.get(form[0] if form else 0)
    if signed_as is None or not message:
        raise RejectedError("step 0 (read): the digits are cut short, or of an unknown form")
    key_id = payload[1:_HEAD].hex()
    key = issuer.key(key_id)
    if not is_signed(key, signature, signed_as + message):
        raise RejectedError(
            "step 3 (signature): it does not fit; the code was changed, or was not read whole"
        )
    values = json.loads(message) if form == b"\x01" else list(_cbor(message))
    if len(values) != 1 + len(FIELDS):
        raise RejectedError("step 0 (read): the code holds other fields than this verifier knows")
    fields = dict(zip(FIELDS, map(str, values[1:]), strict=True))
    check_number(fields["number"])
    issuer.period(key_id).check_code(key_id, fields["number"], fields["completed_on"])
    return key_id, fields


def _at_another_address(host: str, key_id: str, issuer: Issuer) -> str:
    if key_id in issuer.keys:
        return (
            f"step 2 (key): its address is at {host!r:.80}, which is not the issuer's; only "
            "the digits behind # are signed, so do not open it"
        )
    return (
        f"step 2 (key): neither its address, at {host!r:.80}, nor its key is of {issuer.did}: they "
        "did not issue it; perhaps another platform did, and only its keys can tell"
    )


def _cbor(message: bytes) -> Iterator[Any]:
    """The members of one array of whole numbers and texts: all that a code holds (RFC 8949)."""
    kind, count, at = _head(message, 0)
    if kind != 4:
        raise RejectedError("step 0 (read): the code holds no list")
    for _ in range(count):
        kind, value, at = _head(message, at)
        if kind == 0:
            yield value
        elif kind == 3:
            yield message[at : at + value].decode()
            at += value
        else:
            raise RejectedError("step 0 (read): the code holds what is no text and no number")


def _head(message: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where the next thing begins."""
    kind, low = message[at] >> 5, message[at] & 0x1F
    if low < 24:
        return kind, low, at + 1
    width = 1 << (low - 24)
    return kind, int.from_bytes(message[at + 1 : at + 1 + width]), at + 1 + width
