"""Whether a code is one of ours, and the one that a certificate's row keeps its own.

Read as a stranger reads it.
"""

from collections.abc import Collection

from app.certs.rules import scan
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.scan import Seal
from app.certs.services import key_times
from app.certs.services.published_keys import certificate_keys
from app.core.crypto import KeyRing
from app.core.signatures import verify_ed25519


def is_sealed(keys: KeyRing, seal: Seal | None) -> bool:
    """Tell whether the digits of a code are as one of our keys signed them."""
    if seal is None:
        return False
    key = certificate_keys(keys).get(seal.key_id)
    return key is not None and verify_ed25519(key, seal.signature, seal.signed)


def flaw_of(
    keys: KeyRing, text: str, facts: CertificateFacts, *, hosts: Collection[str]
) -> str | None:
    """Name the part of the code that is not its certificate's; None where all of it is.

    "shape", "host", "public_id", "message", or "signature". No hosts: any may stand there.
    """
    scanned = scan.read_text(text)
    if scanned is None or scanned.seal is None or not scan.is_printed(text):
        return "shape"
    if hosts and scanned.host not in hosts:
        return "host"
    if scanned.public_id != facts.public_id:
        return "public_id"
    if not scan.is_of(scanned.seal, facts):
        return "message"
    return None if is_sealed(keys, scanned.seal) else "signature"


def is_of_its_time(keys: KeyRing, text: str) -> bool:
    """Tell whether the key that signed a code was in use when that can have been."""
    scanned = scan.read_text(text)
    seal = scanned.seal if scanned is not None else None
    return seal is not None and key_times.flaw_of_seal(keys, seal) is None
