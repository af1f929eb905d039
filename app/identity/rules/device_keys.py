"""What a device's key signs when it is registered, and how the key is called (R22)."""

import hashlib

_REGISTRATION = "shixue-device-key-1"


def registration_text(*, challenge_id: str, head: str, public_key: str) -> bytes:
    """The canonical bytes by which a new key joins the check at which it is registered.

    `public_key` is the SubjectPublicKeyInfo in base64url without padding.
    """
    return f"{_REGISTRATION}\n{challenge_id}\n{head}\n{public_key}".encode()


def thumbprint(spki: bytes) -> str:
    """A key's name: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal."""
    return hashlib.sha256(spki).hexdigest()
