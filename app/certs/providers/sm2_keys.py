"""The keys of certificates' second signatures: SM2, derived from the ring's seeds.

As with documents (docs/decisions/0012-document-keys.md) nothing but the seed is kept. Signing needs
a compiled library, which there is for Linux on x86_64 alone; checking works everywhere.
"""

import base64
import datetime as dt
import functools
import importlib.util
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.certs.providers import sm2
from app.core.crypto import KeyRing, b64url, from_b64url
from app.core.signers import check_in_use

PURPOSE: Final = "sm2"
_INFO: Final = b"shixue-certificate-sm2-1"


class NoSm2Error(RuntimeError):
    """Second signatures are switched on where nothing here can make them."""

    def __init__(self) -> None:
        super().__init__(
            "SHIXUE_CERTS__SM2: gmssl-pyx, which signs, is there for Linux on x86_64 alone; "
            "switch it off here, or let the worker run on such a machine"
        )


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """A key that signs certificates a second time; the same shape as the first one's."""

    key_id: str
    scalar: int
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """R ‖ s over the message by SM3, with the usual id of the signer. Another each time."""
        # Where there is no such library nothing else of this module needs it.
        from gmssl_pyx import sm2_sign  # noqa: PLC0415

        made: bytes = sm2_sign(self.scalar.to_bytes(32), self.public_key[1:], message, sm2.SIGNER)
        return b"".join(part.to_bytes(32) for part in decode_dss_signature(made))


def must_be_able(*, is_wanted: bool) -> None:
    """Raises NoSm2Error where second signatures are wanted and nothing can make them."""
    if is_wanted and importlib.util.find_spec("gmssl_pyx") is None:
        raise NoSm2Error


def newest(keys: KeyRing) -> Sm2Key:
    """The key that signs."""
    key_id, seed = keys.newest(PURPOSE)
    return derive(key_id, seed)


def signer_at(keys: KeyRing, now: dt.datetime) -> Sm2Key:
    """The same, as long as it is in use. Raises UnavailableError where it is not any more."""
    key = newest(keys)
    check_in_use(keys, PURPOSE, key.key_id, now)
    return key


def public_keys(keys: KeyRing) -> dict[str, bytes]:
    """Every key that ever signed, by id, as `04 ‖ x ‖ y`; none where it was never switched on."""
    if not keys.is_kept(PURPOSE):
        return {}
    return {
        key_id: derive(key_id, seed).public_key for key_id, seed in keys.secrets(PURPOSE).items()
    }


def pem_of(public_key: bytes) -> str:
    """A public key as others read it (SubjectPublicKeyInfo)."""
    text = base64.encodebytes(sm2.spki_of(public_key)).decode().replace("\n", "")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


@functools.lru_cache(maxsize=16)
def derive(key_id: str, seed: bytes) -> Sm2Key:
    """The SM2 key of a seed: HKDF-SHA256 to 48 bytes, modulo n - 2, plus 1.

    Kept, as finding the public key takes two milliseconds, and a view of a certificate needs it.
    A private key lies in 1 … n - 2 (GB/T 32918.1, 6.1); the bias is below 2⁻¹²⁸.
    """
    drawn = HKDF(algorithm=SHA256(), length=48, salt=None, info=_INFO).derive(seed)
    scalar = int.from_bytes(drawn) % (sm2.N - 2) + 1
    return Sm2Key(key_id, scalar, sm2.point_of(scalar))


def is_good(public_key: bytes, signature: str, message: bytes) -> bool:
    """Tell whether a signature in base64url, in its one spelling, is good."""
    try:
        raw = from_b64url(signature)
    except ValueError:
        return False
    return b64url(raw) == signature and sm2.is_signed(public_key, raw, message)
