"""Signing in with the account of one's company: how it ends, and what counts as a second factor.

OpenID Connect Core 1.0 (code flow), RFC 7636 (PKCE), RFC 9207 (who answered), RFC 8176 (amr).
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeGuard
from urllib.parse import urlsplit

from app.identity.rules.second_factors import LASTS

TRIP_LIFE = dt.timedelta(minutes=10)
"""From leaving for the company's page to coming back."""
LEEWAY_S = 60
"""How far the clocks of a company and ours may lie apart."""

_LONGEST_ENDPOINT = 2000
_LATEST_S = 253_402_300_799  # the end of the year 9999
_WECOM_MEMBER = re.compile(r"[!-~]{1,64}")
_WECOM_TOKEN = re.compile(r"[!-~]{1,2048}")


class CompanyKind(StrEnum):
    """How a company is spoken to; 企业微信 is OAuth 2.0 of its own kind, no OpenID Connect."""

    OIDC = "oidc"
    WECOM = "wecom"


WECOM_API = "https://qyapi.weixin.qq.com"
"""Where 企业微信 answers; nobody else's word is taken for it."""


class Trouble(StrEnum):
    """Why somebody who went to their company's page is not let in."""

    AWAY = "company_away"
    ILL_SET = "company_ill_set"
    REFUSED = "company_refused"
    BAD_TOKEN = "company_bad_token"  # noqa: S105 -- a kind of trouble
    DENIED = "company_denied"
    LOST = "company_lost"
    MIXED_UP = "company_mixed_up"
    NOT_LINKED = "company_not_linked"
    TAKEN = "company_taken"
    OUTSIDER = "company_outsider"


SENTENCES: dict[Trouble, tuple[str, str]] = {
    Trouble.AWAY: (
        "单位的登录系统暂时没有回应。", "请过几分钟再试，或改用手机号登录",
    ),
    Trouble.ILL_SET: (
        "单位的登录系统和登记的不一致。", "请改用手机号登录，并告诉本单位的系统管理人员",
    ),
    Trouble.REFUSED: (
        "单位的登录系统没有认可这次登录。", "请从登录页重新开始",
    ),
    Trouble.BAD_TOKEN: (
        "单位的登录系统给的凭证没有通过检查。", "请改用手机号登录，并告诉本单位的系统管理人员",
    ),
    Trouble.DENIED: (
        "您在单位的页面上取消了登录。", "想登录的话，请从登录页重新开始",
    ),
    Trouble.LOST: (
        "这次登录已经失效，或者不是在这个浏览器里开始的。", "请在这个浏览器里从登录页重新开始",
    ),
    Trouble.MIXED_UP: (
        "回答的不是您选的那个单位的登录系统。", "请从登录页重新开始；再次出现，请告诉我们",
    ),
    Trouble.NOT_LINKED: (
        "这个公司账号还没有和这里的账号绑定。", "请先用手机号登录，在“我的”里绑定公司账号",
    ),
    Trouble.OUTSIDER: (
        "您不是这个单位企业微信里的成员。", "请用单位的企业微信账号扫码，或改用手机号登录",
    ),
    Trouble.TAKEN: (
        "这个公司账号已经绑定了别人。", "请换用您本人的公司账号；不是您绑的，请告诉我们",
    ),
}  # fmt: skip
"""What is said, and the way on."""

_WECOM_TROUBLES = {
    -1: Trouble.AWAY,  # busy
    45009: Trouble.AWAY,  # asked too often
    40029: Trouble.REFUSED,  # the code was used, or is another app's
    42003: Trouble.REFUSED,  # the code has run out
}
WECOM_STALE = frozenset({40014, 42001})
"""The access token is unknown or has run out: a fresh one mends it."""


def wecom_trouble(errcode: object) -> Trouble:
    """What an errcode of 企业微信 means for whoever wants in; the rest is the setting's fault.

    Wrong CorpID (40013), secret (40001), app (40056), addresses that are not on its lists (50001,
    60020) and missing rights (48002) are all mended by who runs the company's app.
    """
    return _WECOM_TROUBLES.get(errcode, Trouble.ILL_SET) if isinstance(errcode, int) else (
        Trouble.ILL_SET
    )  # fmt: skip


_SEVERAL = frozenset({"mfa"})
_KNOWN = frozenset({"pwd", "pin"})
_HELD = frozenset({"otp", "hwk", "swk", "sc"})
_CLASSES = frozenset({
    "phr", "phrh", "https://refeds.org/profile/mfa",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
})  # fmt: skip


def second_factor_since(
    acr: str, amr: Sequence[str], auth_time: int | None, now: dt.datetime
) -> dt.datetime | None:
    """When the company's own second factor was passed; None where it is not said, or too old.

    `auth_time` is in seconds of the epoch. A text message is none (NIST SP 800-63B, 5.1.3.3).
    """
    ways = frozenset(amr)
    is_said = bool(ways & _SEVERAL or (ways & _KNOWN and ways & _HELD) or acr in _CLASSES)
    if not is_said or auth_time is None:
        return None
    age_s = now.timestamp() - auth_time
    if not -LEEWAY_S <= age_s < LASTS.total_seconds():
        return None
    return now - dt.timedelta(seconds=max(0.0, age_s))


def is_issuer(text: str, *, may_be_plain: bool) -> bool:
    """Tell whether a text can be an issuer: https, a host, neither query nor fragment nor name.

    `may_be_plain` lets http pass too, for the simulation.
    """
    try:
        found = urlsplit(text)
        port_is_fine = found.port is None or found.port > 0
    except ValueError:
        return False
    schemes = {"https", "http"} if may_be_plain else {"https"}
    extras = found.query or found.fragment or found.username or found.password
    is_clean = text.isascii() and text.isprintable() and not {*"?#@\\ "} & {*text}
    return (
        found.scheme in schemes and bool(found.hostname) and not extras and is_clean
        and port_is_fine
    )  # fmt: skip


def is_endpoint(given: object, *, may_be_plain: bool) -> TypeGuard[str]:
    """Tell whether what a company describes is an address to ask: an issuer's, with a query or not.

    Its host is a name that can be looked up, and all of it can stand in a request as it is.
    """
    if not isinstance(given, str) or len(given) > _LONGEST_ENDPOINT:
        return False
    if not is_issuer(given.partition("?")[0], may_be_plain=may_be_plain):
        return False
    try:
        (urlsplit(given).hostname or "").encode("idna")
    except UnicodeError:
        return False
    return given.isascii() and given.isprintable() and not {*"#\\ "} & {*given}


def is_subject(given: object) -> TypeGuard[str]:
    """Tell whether a claim can be somebody's name at a company (OpenID Connect Core, 2: 255 long).

    Half characters and control characters cannot be kept, and tell nobody apart from anybody.
    """
    if not isinstance(given, str) or not 0 < len(given) <= 255:
        return False
    return not any(unicodedata.category(each) in {"Cc", "Cs"} for each in given)


def whole_seconds(given: object) -> int | None:
    """Read a time in seconds of the epoch (RFC 7519, NumericDate); None for what is no time."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= _LATEST_S:
        return None
    return math.floor(given)


def wecom_errcode(given: object) -> int | None:
    """Read an errcode of 企业微信; None for what is none, which is never a success."""
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def is_wecom_member(given: object) -> TypeGuard[str]:
    """Tell whether a text can be a userid: letters, digits and _-@. says document 90195; 64 bytes.

    Nothing but ASCII: great letters of other scripts can become small ones of another name.
    """
    return isinstance(given, str) and _WECOM_MEMBER.fullmatch(given) is not None


def is_wecom_token(given: object) -> TypeGuard[str]:
    """Tell whether a text can be an access token, which may be 512 bytes long, or longer."""
    return isinstance(given, str) and _WECOM_TOKEN.fullmatch(given) is not None
