"""Which credentials are revoked: a string of bits, published as a credential of its own.

W3C Bitstring Status List 1.0. One list for very many credentials at random places, so that looking
one up tells nobody which.
"""

import base64
import datetime as dt
import gzip
from collections.abc import Iterable
from typing import Any

from app.certs.rules.credential import CREDENTIALS_V2, timestamp

KIND = "BitstringStatusListCredential"
"""Of a list's `type`, what tells it from a certificate."""
LEAST = 131_072
"""Entries that a list has at least: in a short one a place would tell too much."""
MOST = 8 * 1024 * 1024
"""Entries that are unpacked at most (1 MiB): a small file can unfold without end."""
PURPOSE = "revocation"


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
