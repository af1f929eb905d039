"""The MAC chain over a session's raw batches: what was sent, whole and in order (R18)."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as MalformedBase64Error
from hashlib import sha256

KEY_BYTES = 32
MAC_BYTES = 32
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """The bytes of a base64url text without padding; None for any other spelling."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (MalformedBase64Error, UnicodeEncodeError):
        return None
    return raw if encode(raw) == text else None


def _mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104), spelled out: the library's own gives up the interpreter for each.

    Under load another thread takes it, and a batch that is reckoned in microseconds waits for
    thousands of them.
    """
    padded = key.ljust(_BLOCK, b"\0")
    inner = sha256(padded.translate(_INNER) + message).digest()
    return sha256(padded.translate(_OUTER) + inner).digest()


def first_head(key: bytes, session_id: str) -> str:
    return encode(_mac(key, session_id.encode("ascii")))


def next_head(key: bytes, head: str, body: bytes) -> str:
    previous = decode(head)
    if previous is None or len(previous) != MAC_BYTES:
        message = "not a head of a chain"
        raise ValueError(message)
    return encode(_mac(key, previous + body))


def is_signed(key: bytes, previous: str, body: bytes, mac: str) -> bool:
    """Whether `mac` is the head that follows `previous` with this body."""
    raw = decode(previous)
    if raw is None or len(raw) != MAC_BYTES or not mac.isascii():
        return False
    return hmac.compare_digest(encode(_mac(key, raw + body)), mac)
