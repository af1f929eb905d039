"""Tencent Cloud's request signature TC3-HMAC-SHA256 (API 3.0), made and checked."""

import hashlib
import hmac


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def authorization(
    *,
    secret_id: str,
    secret_key: str,
    service: str,
    host: str,
    action: str,
    timestamp: int,
    day: str,
    body: bytes,
) -> str:
    """Return the Authorization header of a POST with a JSON body; `day` is UTC, 2026-11-24."""
    signed = "content-type;host;x-tc-action"
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            "content-type:application/json; charset=utf-8",
            f"host:{host}",
            f"x-tc-action:{action.lower()}",
            "",
            signed,
            _sha256(body),
        )
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{_sha256(canonical.encode())}"
    key = _mac(_mac(_mac(b"TC3" + secret_key.encode(), day), service), "tc3_request")
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={signed}, "
        f"Signature={signature}"
    )
