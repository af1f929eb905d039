"""What is wrong with the code that a certificate's row keeps, read as a stranger reads it."""

from collections.abc import Collection
from urllib.parse import urlsplit

from app.certs.rules import scan
from app.certs.rules.facts import CertificateFacts
from app.certs.services import key_times
from app.certs.services.published_keys import certificate_keys
from app.core.crypto import KeyRing
from app.core.signatures import verify_ed25519


def hosts_of(addresses: Collection[str]) -> frozenset[str]:
    """The hosts of addresses, as `scan.read_text` tells that of a code."""
    usual = {"https": ":443", "http": ":80"}
    split = [urlsplit(each) for each in addresses]
    return frozenset(each.netloc.lower().removesuffix(usual.get(each.scheme, "")) for each in split)


def flaw_of(
    keys: KeyRing, text: str, facts: CertificateFacts, *, hosts: Collection[str]
) -> str | None:
    """Name the part of the code that is not its certificate's; None where all of it is.

    "shape", "host", "public_id", "message", or "signature". No hosts: any may stand there.
    """
    scanned = scan.read_text(text)
    if scanned is None or scanned.seal is None:
        return "shape"
    if hosts and scanned.host not in hosts:
        return "host"
    if scanned.public_id != facts.public_id:
        return "public_id"
    if not scan.is_of(scanned.seal, facts):
        return "message"
    key = certificate_keys(keys).get(scanned.seal.key_id)
    is_good = key is not None and verify_ed25519(key, scanned.seal.signature, scanned.seal.signed)
    return None if is_good else "signature"


def is_of_its_time(keys: KeyRing, text: str) -> bool:
    """Tell whether the key that signed a code was in use when that can have been."""
    scanned = scan.read_text(text)
    seal = scanned.seal if scanned is not None else None
    return seal is not None and key_times.flaw_of_seal(keys, seal) is None
