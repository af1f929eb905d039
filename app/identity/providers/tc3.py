"""Tencent Cloud's request signature TC3-HMAC-SHA256 (API 3.0), made and checked."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For whom and when a signature holds; `day` is UTC, 2026-11-24."""

    secret_id: str
    service: str
    timestamp: int
    day: str


def authorization(scope: Scope, secret_key: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return the Authorization header of a POST to `/`; `headers` are those to be signed.

    Their names in small letters. Signed values are in small letters too, as the vendor wants it.
    """
    names = sorted(headers)
    lines = [f"{name}:{headers[name].strip().lower()}" for name in names]
    signed = ";".join(names)
    canonical = "\n".join(("POST", "/", "", *lines, "", signed, _sha256(body)))
    place = f"{scope.day}/{scope.service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{scope.timestamp}\n{place}\n{_sha256(canonical.encode())}"
    key = _mac(_mac(b"TC3" + secret_key.encode(), scope.day), scope.service)
    signature = _mac(_mac(key, "tc3_request"), to_sign).hex()
    return (
        f"TC3-HMAC-SHA256 Credential={scope.secret_id}/{place}, SignedHeaders={signed}, "
        f"Signature={signature}"
    )
