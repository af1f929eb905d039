"""Alibaba Cloud's request signature ACS3-HMAC-SHA256 (V3), made and checked."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def digest(body: bytes) -> str:
    """What `x-acs-content-sha256` says of a body."""
    return hashlib.sha256(body).hexdigest()


def query_string(fields: Mapping[str, str]) -> str:
    """Return the one spelling of a query: sorted, everything but letters, digits, -_.~ escaped."""
    return "&".join(f"{_escaped(name)}={_escaped(fields[name])}" for name in sorted(fields))


def _escaped(text: str) -> str:
    return quote(text, safe="~")


def authorization(
    *, key_id: str, key_secret: str, query: str, headers: Mapping[str, str], body_digest: str
) -> str:
    """Return the Authorization header of a POST to `/`.

    `headers` are those to be signed, their names in small letters; `query` is in the spelling of
    `query_string`.
    """
    names = sorted(headers)
    lines = [f"{name}:{headers[name].strip()}" for name in names]
    signed = ";".join(names)
    canonical = "\n".join(("POST", "/", query, *lines, "", signed, body_digest))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"
