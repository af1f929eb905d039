"""Addresses of robots in groups of 企业微信 (群机器人 Webhook)."""

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

PATH: Final = "/cgi-bin/webhook/send"
MOST_BYTES: Final = 4096
"""Of a message in Markdown, as UTF-8."""
_KEY: Final = re.compile(r"[0-9A-Za-z-]{16,64}")


def is_robot_address(text: str, *, may_be_plain: bool) -> bool:
    """Tell whether an address is one that 企业微信 gives out: https, its path, and a key alone.

    The host is not tied to Tencent's: 政务微信 and private installations have their own.
    `may_be_plain` lets the simulation's http pass.
    """
    try:
        parts = urlsplit(text)
        query = parse_qs(parts.query, strict_parsing=True)
        has_port = parts.port is not None
    except ValueError:
        return False
    is_https = parts.scheme == "https" and not has_port
    if not (is_https or (may_be_plain and parts.scheme == "http")):
        return False
    is_whole = bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment
    keys = query.get("key", [])
    return (
        is_whole and parts.path == PATH and set(query) == {"key"} and len(keys) == 1
        and _KEY.fullmatch(keys[0]) is not None
    )  # fmt: skip
