"""The public keys of certificates and their PDFs, and when each was in use, for whoever pins them.

Those of second signatures, by SM2, are in `second_seals`.
"""

from app.certs.providers import document_keys
from app.certs.services.statuses import PURPOSE
from app.core.crypto import KeyRing
from app.core.key_periods import Periods


def certificate_keys(keys: KeyRing) -> dict[str, bytes]:
    """Every key that ever signed a certificate, by id: Ed25519, the raw 32 bytes."""
    return keys.public_keys(PURPOSE)


def certificate_periods(keys: KeyRing) -> Periods:
    """When each of those was in use, by id."""
    return keys.periods(PURPOSE)


def document_public_keys(keys: KeyRing) -> dict[str, bytes]:
    """Every key that ever signed a certificate's PDF, by id: DER SubjectPublicKeyInfo."""
    return document_keys.public_keys(keys)


def document_pems(keys: KeyRing) -> str:
    """The same keys in PEM, one behind the other."""
    return document_keys.public_pems(keys)


def document_periods(keys: KeyRing) -> Periods:
    """When each of those was in use, by id."""
    return keys.periods(document_keys.PURPOSE)
