"""The platform's name as a signer: did:web, and the document that lists its public keys.

W3C DID 1.0, did:web method, Controlled Identifiers 1.0 (Multikey).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

DID_V1 = "https://www.w3.org/ns/did/v1"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
_FRAGMENT = re.compile(r"[A-Za-z0-9._-]+")


def did_of(address: str) -> str:
    """The did:web id of a public address; a port is written %3A.

    Raises ValueError for an address with a user, a query or a fragment, and for one without host.
    """
    parts = urlsplit(address)
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in {"https", "http"} or not parts.hostname or not is_plain:
        message = f"no did:web stands for {address!r}"
        raise ValueError(message)
    host = parts.hostname.encode("idna").decode() if ":" not in parts.hostname else parts.hostname
    place = _encoded(f"[{host}]" if ":" in host else host)
    if parts.port is not None:
        place += f"%3A{parts.port}"
    folders = [_encoded(folder) for folder in parts.path.split("/") if folder]
    return ":".join(["did:web", place, *folders])


def _encoded(text: str) -> str:
    """A method-specific id knows letters, digits, dot, minus and underscore; the rest is %XX."""
    return quote(text, safe="").replace("~", "%7E")


def method_of(did: str, key_id: str) -> str:
    """The id of one key. Raises ValueError for a key id that cannot be a fragment."""
    if not _FRAGMENT.fullmatch(key_id):
        message = f"{key_id!r} cannot name a key"
        raise ValueError(message)
    return f"{did}#{key_id}"


def document_of(
    did: str, multikeys: Mapping[str, str], others: Sequence[str] = ()
) -> dict[str, Any]:
    """The DID document. `multikeys` are all public keys there ever were, by key id, as z6Mk….

    Old keys stay listed: what they signed stays good. `others` are the same signer's other names,
    under which what was signed before is found.
    """
    methods = [method_of(did, key_id) for key_id in multikeys]
    also = {"alsoKnownAs": list(others)} if others else {}
    return {
        "@context": [DID_V1, MULTIKEY_V1],
        "id": did,
        **also,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": key}
            for method, key in zip(methods, multikeys.values(), strict=True)
        ],
        "assertionMethod": methods,
    }
