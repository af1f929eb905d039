"""Which credentials are revoked: a string of bits, published as a credential of its own.

W3C Bitstring Status List 1.0. One list for very many credentials at random places, so that looking
one up tells nobody which.
"""

import base64
import binascii
import datetime as dt
import gzip
import re
import zlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from app.certs.rules.credential import CREDENTIALS_V2, timestamp

KIND = "BitstringStatusListCredential"
"""Of a list's `type`, what tells it from a certificate."""
LEAST = 131_072
"""Entries that a list has at least: in a short one a place would tell too much."""
MOST = 8 * 1024 * 1024
"""Entries that are unpacked at most (1 MiB): a small file can unfold without end."""
PURPOSE = "revocation"
_MULTIBASE = re.compile(r"u[A-Za-z0-9_-]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Standing(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


def encode(revoked: Iterable[int], *, entries: int = LEAST) -> str:
    """The list as multibase text. Raises ValueError for a size or a place that cannot be."""
    if entries % 8 or not LEAST <= entries <= MOST:
        message = f"a list has {LEAST} to {MOST} entries, in whole bytes"
        raise ValueError(message)
    bits = bytearray(entries // 8)
    for index in revoked:
        if not 0 <= index < entries:
            message = f"there is no place {index} in a list of {entries}"
            raise ValueError(message)
        bits[index // 8] |= 0x80 >> index % 8
    # No name and no time of writing inside: the same list is the same text.
    packed = gzip.compress(bytes(bits), compresslevel=6, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


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


def list_credential(
    address: str,
    did: str,
    encoded: str,
    *,
    valid_from: dt.datetime,
    valid_until: dt.datetime,
    ttl_ms: int,
) -> dict[str, Any]:
    """The unsigned credential that publishes a list; `ttl_ms` is how long to keep a copy."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": address,
        "type": ["VerifiableCredential", KIND],
        "issuer": did,
        "validFrom": timestamp(valid_from),
        "validUntil": timestamp(valid_until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "encodedList": encoded,
            "ttl": ttl_ms,
        },
    }


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
