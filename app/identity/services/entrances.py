"""Signed links that let a visitor of a demo in as one of its people, without a phone."""

import datetime as dt
import hashlib
import hmac

from app.core.crypto import KeyRing, b64url, same
from app.core.errors import ForbiddenError

LIFE = dt.timedelta(hours=24)


def make(keys: KeyRing, learner_id: str, *, now: dt.datetime) -> str:
    """A token for one person, good for a day."""
    until = int((now + LIFE).timestamp())
    return f"{learner_id}.{until}.{_mac(keys, learner_id, until)}"


def read(keys: KeyRing, token: str, *, now: dt.datetime) -> str:
    """Whom a token lets in. Raises ForbiddenError for a forged or an old one."""
    learner_id, _, rest = token.partition(".")
    until, _, mac = rest.partition(".")
    known = until.isascii() and until.isdigit() and len(until) < 12
    if not known or not same(mac, _mac(keys, learner_id, int(until))):
        raise ForbiddenError(
            "这个演示入口不对。", code="entrance", remedy="请从启动时显示的链接进入"
        )
    if now.timestamp() > int(until):
        raise ForbiddenError(
            "这个演示入口已过期。", code="entrance", remedy="重新启动演示，会显示新的链接"
        )
    return learner_id


def _mac(keys: KeyRing, learner_id: str, until: int) -> str:
    message = f"{learner_id}.{until}".encode()
    return b64url(hmac.new(keys.secret("entrances"), message, hashlib.sha256).digest()[:24])
