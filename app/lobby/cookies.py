"""The three cookies (access, refresh, device) and the token that guards calls made with them."""

import datetime as dt
import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie

from fastapi import Response

from app.core.crypto import KeyRing, b64url, same
from app.core.ids import new_id
from app.core.settings import Settings
from app.identity.services.tokens import Tokens

ACCESS, REFRESH, DEVICE = "shixue_access", "shixue_refresh", "shixue_device"
DEVICE_S = 2 * 365 * 24 * 3600


def read_cookies(header: str) -> dict[str, str]:
    """Read a Cookie header; a malformed one is no cookies."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def cookie_line(name: str, value: str, *, max_age: int, secure: bool) -> str:
    """Write one Set-Cookie value: HttpOnly, SameSite=Lax, Secure behind https."""
    flags = "; Secure" if secure else ""
    return f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{flags}"


def sign_in_lines(tokens: Tokens, settings: Settings) -> list[str]:
    """The Set-Cookie values of a fresh or renewed sign-in."""
    secure, longest = settings.is_https, tokens.refresh_s
    return [
        cookie_line(ACCESS, tokens.access, max_age=longest, secure=secure),
        cookie_line(REFRESH, tokens.refresh, max_age=longest, secure=secure),
    ]


def set_sign_in(response: Response, tokens: Tokens, settings: Settings) -> None:
    """Put a sign-in's cookies on a response."""
    for line in sign_in_lines(tokens, settings):
        response.headers.append("set-cookie", line)


def clear_sign_in(response: Response, settings: Settings) -> None:
    """Take a sign-in's cookies away; the device stays known."""
    for name in (ACCESS, REFRESH):
        line = cookie_line(name, "", max_age=0, secure=settings.is_https)
        response.headers.append("set-cookie", line)


def _mac(keys: KeyRing, purpose: str, text: str) -> str:
    return b64url(hmac.new(keys.secret(purpose), text.encode(), hashlib.sha256).digest()[:16])


def new_device(keys: KeyRing, now: dt.datetime) -> tuple[str, str]:
    """Make a device id and its signed cookie value."""
    device_id = new_id(now)
    return device_id, f"{device_id}.{_mac(keys, 'device', device_id)}"


def read_device(keys: KeyRing, value: str) -> str | None:
    """Return the device id of a cookie that we signed, else None."""
    device_id, _, mac = value.partition(".")
    return device_id if mac and same(mac, _mac(keys, "device", device_id)) else None


def csrf_token(keys: KeyRing, device_id: str) -> str:
    """The token a page hands to its own scripts; another site cannot read it."""
    return _mac(keys, "csrf", device_id)
