"""企业微信: its members' pages, the app's access token, and which member came.

OAuth 2.0 of its own kind (developer.work.weixin.qq.com, documents 91039, 98176, 98152): the code
names a member to whoever holds the app's secret; there is no PKCE, no nonce and no signed answer.
"""

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from app.identity.providers.company_doors import Came, CompanyError, Door, Going
from app.identity.providers.company_lines import CompanyLines
from app.identity.providers.wire import Letter, VendorError, members
from app.identity.rules.company_sign_ins import (
    WECOM_API,
    WECOM_STALE,
    Trouble,
    is_issuer,
    is_wecom_member,
    is_wecom_token,
    wecom_errcode,
    wecom_trouble,
    whole_seconds,
)

_INSIDE: Final = "https://open.weixin.qq.com"
_SCAN: Final = "https://login.work.weixin.qq.com"
# Said to last 7200 s; given up a little before, so that none runs out on its way.
_EARLY: Final = dt.timedelta(minutes=5)
_MOST_TOKENS: Final = 256


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: dt.datetime


class WecomDoors:
    """Speaks to 企业微信 for every company; threads share it, and the access tokens of the apps."""

    def __init__(self, lines: CompanyLines, *, may_be_plain: bool) -> None:
        self._lines = lines
        self._may_be_plain = may_be_plain
        self._tokens: dict[tuple[str, str, str], _Token] = {}
        self._lock = threading.Lock()

    def address(self, door: Door, going: Going, *, is_inside: bool) -> str:
        """Return the page where the member says yes, or the code that a phone scans."""
        is_own = self._api(door) == WECOM_API
        asked = {"appid": door.client_id, "redirect_uri": going.return_url}
        if is_inside:
            asked |= {
                "response_type": "code", "scope": "snsapi_base", "state": going.state,
                "agentid": door.agent_id,
            }  # fmt: skip
            page = f"{_INSIDE if is_own else door.issuer}/connect/oauth2/authorize"
            return f"{page}?{urlencode(asked)}#wechat_redirect"
        asked |= {"login_type": "CorpApp", "agentid": door.agent_id, "state": going.state}
        return f"{_SCAN if is_own else door.issuer}/wwlogin/sso/login?{urlencode(asked)}"

    def came(self, door: Door, code: str, *, now: dt.datetime) -> Came:
        """Ask which member a code is of. Raises CompanyError, OUTSIDER for who is none."""
        found = self._ask_who(door, code, now)
        if wecom_errcode(found.get("errcode")) in WECOM_STALE:
            with self._lock:
                self._tokens.pop(_app(door), None)
            found = self._ask_who(door, code, now)
        errcode, member = wecom_errcode(found.get("errcode")), found.get("userid")
        if errcode != 0:
            raise CompanyError(wecom_trouble(errcode), f"errcode {errcode}")
        if member is None or member == "":
            raise CompanyError(Trouble.OUTSIDER, "no userid")
        if not is_wecom_member(member):
            raise CompanyError(Trouble.BAD_TOKEN, "userid")
        # Its names of members do not tell great letters from small ones.
        return Came(subject=member.lower(), acr="", amr=(), auth_time=None)

    def _api(self, door: Door) -> str:
        is_ours = self._may_be_plain and is_issuer(door.issuer, may_be_plain=True)
        if door.issuer != WECOM_API and not is_ours:
            raise CompanyError(Trouble.ILL_SET, "not its address")
        return door.issuer

    def _ask_who(self, door: Door, code: str, now: dt.datetime) -> Mapping[str, Any]:
        asked = {"access_token": self._token(door, now), "code": code}
        return self._read(
            f"{self._api(door)}/cgi-bin/auth/getuserinfo?{urlencode(asked)}", door, now
        )

    def _token(self, door: Door, now: dt.datetime) -> str:
        known = self._tokens.get(_app(door))
        if known is not None and now < known.until:
            return known.text
        asked = {"corpid": door.client_id, "corpsecret": door.secret}
        found = self._read(f"{self._api(door)}/cgi-bin/gettoken?{urlencode(asked)}", door, now)
        errcode = wecom_errcode(found.get("errcode"))
        if errcode != 0:
            raise CompanyError(wecom_trouble(errcode), "gettoken")
        text, lasts_s = found.get("access_token"), whole_seconds(found.get("expires_in"))
        if not is_wecom_token(text) or lasts_s is None:
            raise CompanyError(Trouble.ILL_SET, "gettoken")
        lasts = dt.timedelta(seconds=min(lasts_s, 7200)) - _EARLY
        with self._lock:
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens.clear()
            self._tokens[_app(door)] = _Token(text, now + lasts)
        return text

    def _read(self, address: str, door: Door, now: dt.datetime) -> Mapping[str, Any]:
        parts = urlsplit(address)
        letter = Letter(f"{parts.path}?{parts.query}", {"accept": "application/json"}, b"", "GET")
        try:
            answer = self._lines.exchange(address, letter, asker=door.asker, now=now)
        except VendorError as error:
            raise CompanyError(Trouble.AWAY, error.failure.value) from None
        found = members(answer.body)
        if answer.status >= 500 or answer.status == 429:
            raise CompanyError(Trouble.AWAY, f"status {answer.status}")
        if answer.status != 200 or found is None:
            raise CompanyError(Trouble.ILL_SET, f"status {answer.status}")
        return found


def _app(door: Door) -> tuple[str, str, str]:
    return door.issuer, door.client_id, door.secret
