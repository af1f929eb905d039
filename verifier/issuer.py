"""Who signs certificates: the issuer's name and every key it ever had, out of its DID document."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.log_proofs import RejectedError
from verifier.periods import ALWAYS, Period

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"


@dataclass(frozen=True, slots=True)
class Issuer:
    """`keys` are raw Ed25519 public keys by key id; old ones too, as what they signed stays.

    `also` are the other names that its document gives: those of addresses from before.
    `second` are those of second signatures, by SM2 (04 ‖ x ‖ y); None where none are at hand.
    `periods` and `second_periods` say when each was in use; a key that is not named has no bounds.
    """

    did: str
    keys: Mapping[str, bytes]
    also: frozenset[str] = frozenset()
    second: Mapping[str, bytes] | None = None
    periods: Mapping[str, Period] = field(default_factory=dict)
    second_periods: Mapping[str, Period] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return self.also | {self.did}

    @property
    def hosts(self) -> frozenset[str]:
        """Where the issuer's pages are, with a port where there is one (did:web)."""
        return frozenset(map(_host_of, self.names))

    @property
    def host(self) -> str:
        """Where they are today."""
        return _host_of(self.did)

    def key(self, key_id: object) -> bytes:
        """Step 2: one of the keys that the reader has. Raises RejectedError."""
        found = self.keys.get(key_id) if isinstance(key_id, str) else None
        if found is None:
            raise RejectedError(
                f"step 2 (key): {key_id!r:.60} is no key of {self.did}; it was not signed by them, "
                "or your copy of their did.json is older than the key"
            )
        return found

    def period(self, key_id: str) -> Period:
        """When one of them was in use, as far as that is at hand."""
        return self.periods.get(key_id, ALWAYS)


def _host_of(did: str) -> str:
    return unquote(did.removeprefix("did:web:").partition(":")[0]).lower()


def read_issuer(document: Mapping[str, Any]) -> Issuer:
    """Read a DID document. Raises RejectedError for one that is none."""
    try:
        did, allowed = document["id"], document["assertionMethod"]
        keys = {
            method["id"].removeprefix(f"{did}#"): _multikey(method["publicKeyMultibase"])
            for method in document["verificationMethod"]
            if method["id"] in allowed and method["controller"] == did
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise RejectedError(f"the issuer's document is no DID document: {error!r}") from error
    if not isinstance(did, str) or not did.startswith("did:web:"):
        raise RejectedError("the issuer's document has no did:web name")
    also = document.get("alsoKnownAs") or []
    others = {each for each in also if isinstance(each, str) and each.startswith("did:web:")}
    return Issuer(did, keys, frozenset(others))


def read_second(listed: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Read the published list of SM2 keys. Raises RejectedError."""
    try:
        return {
            each["key_id"]: urlsafe_b64decode(
                each["public_key"] + "=" * (-len(each["public_key"]) % 4)
            )
            for each in listed
        }
    except (ValueError, KeyError, TypeError) as error:
        raise RejectedError(f"the list of SM2 keys cannot be read: {error!r}") from error


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature is good."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def from_base58(text: str) -> bytes:
    """Read multibase base58btc (z…), in its one spelling. Raises RejectedError."""
    digits = text[1:]
    if not text.startswith("z") or len(text) > 120 or not set(digits) <= set(_LETTERS):
        raise RejectedError(f"not base58: {text!r:.60}")
    number = 0
    for letter in digits:
        number = number * 58 + _LETTERS.index(letter)
    zeros = len(digits) - len(digits.lstrip(_LETTERS[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def _multikey(text: str) -> bytes:
    raw = from_base58(text)
    if len(raw) != 34 or not raw.startswith(_ED25519):
        raise RejectedError(f"not an Ed25519 Multikey: {text!r:.60}")
    return raw[2:]
