"""A reader of status lists after W3C's text alone, none of the product's own readers.

Bitstring Status List 1.0, 3.2. The product's are `verifier/credentials.py` and
`frontend/src/verify/statuslist.ts`; what this one says is what they are compared with.
"""

import base64
import binascii
import datetime as dt
import re
import zlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.certs.rules.status_list import KIND, LEAST, MOST, PURPOSE

_MULTIBASE = re.compile(r"u[A-Za-z0-9_-]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Standing(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


def decode(encoded: str) -> bytes:
    """The bits. Raises ValueError for anything but one whole gzip file of a proper size."""
    if not _MULTIBASE.fullmatch(encoded):
        message = "not base64url without padding after the letter u"
        raise ValueError(message)
    text = encoded[1:]
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        bits = unpacking.decompress(packed, MOST // 8 + 1)
    except (binascii.Error, zlib.error) as error:
        message = f"the list cannot be unpacked: {error}"
        raise ValueError(message) from error
    if not unpacking.eof or unpacking.unused_data or not LEAST <= len(bits) * 8 <= MOST:
        message = "the list is cut short, has something behind it, or has no proper size"
        raise ValueError(message)
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Tell whether a place is set; the first one is the highest bit of the first byte."""
    return bool(bits[index // 8] & 0x80 >> index % 8)


def standing(entry: object, status_list: Mapping[str, Any], *, now: dt.datetime) -> Standing:
    """What a list says of a credential's `credentialStatus`; its proofs were checked before.

    Whatever does not fit (another list, another purpose, a place outside, a list out of date) is
    UNKNOWN: a list that does not speak of the credential does not call it good.
    """
    if not isinstance(entry, Mapping) or not _is_of(entry, status_list):
        return Standing.UNKNOWN
    if not _is_current(status_list, now):
        return Standing.UNKNOWN
    index = int(entry["statusListIndex"])
    try:
        bits = decode(status_list["credentialSubject"]["encodedList"])
    except ValueError:
        return Standing.UNKNOWN
    if index >= len(bits) * 8:
        return Standing.UNKNOWN
    return Standing.REVOKED if is_set(bits, index) else Standing.VALID


def _is_of(entry: Mapping[str, Any], status_list: Mapping[str, Any]) -> bool:
    subject = status_list.get("credentialSubject")
    kinds = status_list.get("type")
    index = entry.get("statusListIndex")
    return (
        entry.get("type") == "BitstringStatusListEntry"
        and entry.get("statusPurpose") == PURPOSE
        and entry.get("statusSize", 1) == 1
        and isinstance(index, str)
        and _INDEX.fullmatch(index) is not None
        and isinstance(kinds, list)
        and KIND in kinds
        and isinstance(subject, Mapping)
        and subject.get("type") == "BitstringStatusList"
        and subject.get("statusPurpose") == PURPOSE
        and isinstance(subject.get("encodedList"), str)
        and isinstance(status_list.get("id"), str)
        and entry.get("statusListCredential") == status_list["id"]
    )


def _is_current(status_list: Mapping[str, Any], now: dt.datetime) -> bool:
    first, last = _moment(status_list.get("validFrom")), _moment(status_list.get("validUntil"))
    return first is not None and last is not None and first <= now <= last


def _moment(text: object) -> dt.datetime | None:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
