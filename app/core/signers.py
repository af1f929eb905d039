"""Who signs now: the newest key of a purpose, as long as that is in use.

A process to which the key service does not open a newer key knows the old one alone. What that
would sign after its time nobody takes (decision 0025), so nothing is signed: it is tried again.
"""

import datetime as dt

from app.core.crypto import KeyRing
from app.core.errors import UnavailableError
from app.core.key_periods import ALWAYS
from app.core.signatures import SigningKey


def signer_at(keys: KeyRing, purpose: str, now: dt.datetime) -> SigningKey:
    """The key that signs for a purpose now. Raises UnavailableError: nothing was signed yet."""
    signer = keys.signer(purpose)
    check_in_use(keys, purpose, signer.key_id, now)
    return signer


def check_in_use(keys: KeyRing, purpose: str, key_id: str, now: dt.datetime) -> None:
    """The same of a key that is derived from the ring's. Raises UnavailableError."""
    if not keys.periods(purpose).get(key_id, ALWAYS).holds(now):
        raise UnavailableError(
            "签名用的新密钥现在打不开。", code="key_out_of_use",
            remedy="请过几分钟再试；排着队的，密钥服务恢复后会自动再办", retry_after_s=60,
        )  # fmt: skip
