"""Signatures: Ed25519, ours and those checked for others; ECDSA P-256, as browsers make it."""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

_P256_SIGNATURE: Final = 64


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key with the id that everything signed by it carries."""

    key_id: str
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)

    @property
    def public_key(self) -> bytes:
        """The raw 32 bytes."""
        return self.private.public_key().public_bytes_raw()


def verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature is good; malformed keys and signatures are not."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_p256(spki: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an ECDSA P-256 signature with SHA-256 is good, as browsers make it.

    The key is a DER SubjectPublicKeyInfo, the signature r ‖ s (IEEE P1363). Malformed ones, and
    keys on another curve, are not good.
    """
    half = len(signature) // 2
    try:
        key = load_der_public_key(spki)
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            return False
        parts = [int.from_bytes(part, "big") for part in (signature[:half], signature[half:])]
        key.verify(encode_dss_signature(*parts), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return len(signature) == _P256_SIGNATURE
