"""A simulated company: its sign-in over OpenID Connect, as its own server would offer it."""

import base64
import datetime as dt
import hashlib
import html
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from joserfc import jwk, jwt

from app.core.clock import SystemClock
from app.core.crypto import b64url, same
from app.core.ids import random_token

CLIENT_ID = "shixue"
CORP_ID, AGENT_ID = "ww0000000000000000", "1000002"
_SCAN = "/company/wwlogin/sso/login"
_INSIDE = "/company/connect/oauth2/authorize"
_LIFE = dt.timedelta(minutes=1)
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    kind: str
    body: bytes
    location: str = ""


@dataclass(frozen=True, slots=True)
class _Grant:
    asked: Mapping[str, str]
    subject: str
    has_second_factor: bool
    at: dt.datetime


def _json(status: int, answer: Mapping[str, Any]) -> Reply:
    return Reply(status, "application/json", json.dumps(answer).encode())


class CompanySide:
    """One company under `url`; whoever types a staff number is that member of its staff.

    `registered`, where set, is the only address that people are led back to (企业微信 compares the
    domain only). `forge`, where set, makes the id_token in the company's place: for tests of bad
    companies. `asked_for` holds the codes that were brought to it.
    """

    def __init__(self) -> None:
        self.url = ""
        self.registered = ""
        self.asked_for: list[str] = []
        self.client_secret = random_token(256)
        self.access_token = ""
        self.now: Callable[[], dt.datetime] = SystemClock().now
        self.key: jwk.Key = self.fresh_key("1")
        self.keys: list[jwk.Key] = [self.key]
        self.metadata: dict[str, Any] = {}
        self.forge: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
        self._grants: dict[str, _Grant] = {}
        self._lock = threading.Lock()

    @staticmethod
    def fresh_key(kid: str) -> jwk.Key:
        return jwk.ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})

    def get(self, address: str) -> Reply:
        """Answer a GET below `url`."""
        path, _, query = address.partition("?")
        if path == "/company/.well-known/openid-configuration":
            return _json(200, self._described())
        if path == "/company/jwks":
            return _json(200, {"keys": [key.as_dict(private=False) for key in self.keys]})
        if path == "/company/authorize":
            return self._page(query)
        if path in (_SCAN, _INSIDE):
            return self._wecom_page(path, query)
        if path.startswith("/company/cgi-bin/"):
            return self._wecom_answer(path, query)
        return _json(404, {})

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a POST below `url`."""
        form = {name: given[0] for name, given in parse_qs(body.decode("utf-8", "replace")).items()}
        path, _, query = address.partition("?")
        if path == "/company/authorize":
            return self._decide(query, form)
        if path == "/company/token":
            return self._trade(headers, form)
        if path in (_SCAN, _INSIDE):
            return self._wecom_decide(path, query, form)
        return _json(404, {})

    def _described(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        } | self.metadata  # fmt: skip

    def _page(self, query: str) -> Reply:
        if self._asked(query) is None:
            return Reply(400, "text/html", "<p>登录请求不完整。</p>".encode())
        return Reply(200, "text/html", _page(address=f"/company/authorize?{query}"))

    def _asked(self, query: str) -> dict[str, str] | None:
        """Read a request as RFC 6749 and 7636 want it; None for what is none of ours."""
        asked = {name: given[0] for name, given in parse_qs(query).items()}
        back = urlsplit(asked.get("redirect_uri", ""))
        is_whole = (
            asked.get("response_type") == "code" and asked.get("client_id") == CLIENT_ID
            and asked.get("code_challenge_method") == "S256" and bool(asked.get("code_challenge"))
            and "openid" in asked.get("scope", "").split()
            and back.scheme in ("http", "https") and self._is_ours(asked["redirect_uri"])
        )  # fmt: skip
        return asked if is_whole else None

    def _is_ours(self, address: str) -> bool:
        """Tell whether somebody may be led there (OpenID Connect Core 3.1.2.1)."""
        if self.registered:
            return address == self.registered
        return "/sign-in/company/return/" in address

    def _decide(self, query: str, form: Mapping[str, str]) -> Reply:
        asked = self._asked(query)
        if asked is None:
            return _json(400, {"error": "invalid_request"})
        said = {"state": asked.get("state", ""), "iss": self.url}
        if form.get("choice") == "cancel" or not form.get("subject"):
            said["error"] = "access_denied"
        else:
            said["code"] = self.grant(asked, form["subject"], mfa=form.get("mfa") == "on")
        return Reply(303, "text/html", b"", f"{asked['redirect_uri']}?{urlencode(said)}")

    def grant(self, asked: Mapping[str, str], subject: str, *, mfa: bool = False) -> str:
        """Give a code out for a member of staff."""
        code = random_token()
        with self._lock:
            if len(self._grants) >= _MOST:
                self._grants.pop(next(iter(self._grants)))
            self._grants[code] = _Grant(asked, subject, mfa, self.now())
        return code

    def _wecom_asked(self, path: str, query: str) -> dict[str, str] | None:
        """Read a request for a member of 企业微信; None where its documents would not have it."""
        asked = {name: given[0] for name, given in parse_qs(query).items()}
        kind = ("login_type", "CorpApp") if path == _SCAN else ("response_type", "code")
        is_whole = (
            asked.get("appid") == CORP_ID and asked.get("agentid") == AGENT_ID
            and asked.get(kind[0]) == kind[1] and asked.get("state", "").isalnum()
            and urlsplit(asked.get("redirect_uri", "")).scheme in ("http", "https")
        )  # fmt: skip
        return asked if is_whole else None

    def _wecom_page(self, path: str, query: str) -> Reply:
        if self._wecom_asked(path, query) is None:
            return Reply(400, "text/html", "<p>redirect_uri 与配置的可信域名不一致</p>".encode())
        return Reply(200, "text/html", _page(address=f"{path}?{query}"))

    def _wecom_decide(self, path: str, query: str, form: Mapping[str, str]) -> Reply:
        asked = self._wecom_asked(path, query)
        if asked is None:
            return _json(400, {"errcode": 50001})
        said = {"state": asked["state"]}
        if form.get("choice") != "cancel" and form.get("subject"):
            said["code"] = self.grant(asked, form["subject"])
        return Reply(303, "text/html", b"", f"{asked['redirect_uri']}?{urlencode(said)}")

    def _wecom_answer(self, path: str, query: str) -> Reply:
        given = {name: each[0] for name, each in parse_qs(query).items()}
        if path == "/company/cgi-bin/gettoken":
            if given.get("corpid") != CORP_ID:
                return _json(200, {"errcode": 40013, "errmsg": "invalid corpid"})
            if not same(given.get("corpsecret", ""), self.client_secret):
                return _json(200, {"errcode": 40001, "errmsg": "invalid credential"})
            self.access_token = random_token()
            answer = {"errcode": 0, "access_token": self.access_token, "expires_in": 7200}
            return _json(200, answer)
        if given.get("access_token") != self.access_token or not self.access_token:
            return _json(200, {"errcode": 40014, "errmsg": "invalid access_token"})
        with self._lock:
            grant = self._grants.pop(given.get("code", ""), None)
        if grant is None or self.now() - grant.at > _LIFE:
            return _json(200, {"errcode": 40029, "errmsg": "invalid code"})
        # Who is no member is named by another word, which must not pass for a member's.
        kind = "openid" if grant.subject.startswith("outside") else "userid"
        return _json(200, {"errcode": 0, "errmsg": "ok", kind: grant.subject})

    def _trade(self, headers: Mapping[str, str], form: Mapping[str, str]) -> Reply:
        self.asked_for.append(form.get("code", ""))
        wanted = f"Basic {_pair(CLIENT_ID, self.client_secret)}"
        if not same(headers.get("authorization", ""), wanted):
            return _json(401, {"error": "invalid_client"})
        with self._lock:
            grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or self.now() - grant.at > _LIFE or not _fits(grant, form):
            return _json(400, {"error": "invalid_grant"})
        now_s = int(self.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.url, "sub": grant.subject, "aud": CLIENT_ID, "iat": now_s,
            "exp": now_s + 300, "auth_time": now_s,
            "amr": ["pwd", "otp", "mfa"] if grant.has_second_factor else ["pwd"],
        }  # fmt: skip
        if "nonce" in grant.asked:
            claims["nonce"] = grant.asked["nonce"]
        header: dict[str, Any] = {"alg": "ES256", "kid": self.key.get("kid")}
        token = self.forge(header, claims) if self.forge else jwt.encode(header, claims, self.key)
        answer = {"access_token": random_token(), "token_type": "Bearer", "id_token": token}
        return _json(200, answer)


def _pair(client_id: str, secret: str) -> str:
    text = f"{quote(client_id, safe='')}:{quote(unquote(secret), safe='')}"
    return base64.b64encode(text.encode()).decode()


def _fits(grant: _Grant, form: Mapping[str, str]) -> bool:
    """Tell whether a code comes back from who asked for it (RFC 7636, section 4.6)."""
    hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return (
        form.get("grant_type") == "authorization_code"
        and form.get("redirect_uri") == grant.asked["redirect_uri"]
        and b64url(hashed) == grant.asked["code_challenge"]
    )


_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>模拟单位登录</title>
<style>body{font:18px/1.6 sans-serif;max-width:30em;margin:1em auto;padding:0 1em}
input,button{font:inherit;padding:.4em .6em}label{display:block;margin:1em 0}</style>
<h1>模拟的单位登录</h1><p>这里代替单位自己的登录页面，填哪个工号就是哪个人。</p>
<form method="post" action="ADDRESS">
<label>工号<br><input name="subject" autocomplete="off"></label>
<label><input type="checkbox" name="mfa"> 单位已做过二次验证</label>
<button name="choice" value="go">登录</button> <button name="choice" value="cancel">取消</button>
</form></html>"""


def _page(*, address: str) -> bytes:
    return _PAGE.replace("ADDRESS", html.escape(address)).encode()
