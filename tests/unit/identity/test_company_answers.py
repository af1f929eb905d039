"""Whatever a company answers: a well-formed person, or nobody and a sentence that says why."""

import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpcore
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwk
from joserfc.jws import JWSRegistry

from app.core.crypto import b64url
from app.identity.providers import company_lines
from app.identity.providers.companies import CompanyDoors
from app.identity.providers.company_doors import Came, CompanyError, Door, Going
from app.identity.rules.company_sign_ins import (
    WECOM_API,
    CompanyKind,
    Trouble,
    second_factor_since,
)

NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
GOING = Going("https://study.example/sign-in/company/return", "s" * 43, "n" * 43, "v" * 43)
ISSUER = "https://login.example"
DOOR = Door(CompanyKind.OIDC, ISSUER, "shixue", "", "secret", trusts_second_factor=True)
WECOM = Door(CompanyKind.WECOM, WECOM_API, "ww1", "1", "secret", trusts_second_factor=False)
KEY = jwk.ECKey.generate_key("P-256", {"kid": "1", "use": "sig", "alg": "ES256"})
S = int(NOW.timestamp())
Members = dict[str, Any]

CLAIMS: Members = {
    "iss": ISSUER, "sub": "wang", "aud": "shixue", "iat": S, "exp": S + 300, "auth_time": S,
    "nonce": GOING.nonce, "acr": "phr", "amr": ["pwd"],
}  # fmt: skip
HEADER: Members = {"alg": "ES256", "kid": "1"}
DESCRIBED: Members = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token", "jwks_uri": f"{ISSUER}/keys",
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
}  # fmt: skip
APP_TOKEN: Members = {"errcode": 0, "access_token": "t", "expires_in": 7200}
MEMBER: Members = {"errcode": 0, "userid": "WangJianGuo"}


def _signed(header: Members, claims: object) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    text = ".".join(b64url(part) for part in parts)
    return f"{text}.{b64url(JWSRegistry().get_alg('ES256').sign(text.encode(), KEY))}"


class _Company(httpcore.NetworkBackend, httpcore.NetworkStream):
    """Every host at once, and what each of them answers, as JSON, however wrong."""

    def __init__(self) -> None:
        self.described: object = DESCRIBED
        self.keys: object = {"keys": [KEY.as_dict(private=False)]}
        self.traded: object = {"id_token": _signed(HEADER, CLAIMS)}
        self.app_token: object = APP_TOKEN
        self.member: object = MEMBER
        self._asked = b""

    def connect_tcp(self, host: str, port: int, *_: object) -> httpcore.NetworkStream:
        assert host.encode("idna"), "a name as a socket takes it"
        assert 0 < port < 65536
        return self

    def start_tls(self, *_: object, **named: object) -> httpcore.NetworkStream:
        assert not str(named.get("server_hostname", "")).startswith(".")
        return self

    def write(self, buffer: bytes, _timeout: float | None = None) -> None:
        self._asked += buffer

    def read(self, _max_bytes: int, _timeout: float | None = None) -> bytes:
        asked, self._asked = self._asked, b""
        body = json.dumps(self._answer(asked)).encode() if asked else b""
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        return head.encode() + body if asked else b""

    def _answer(self, asked: bytes) -> object:
        if asked.startswith(b"POST"):
            return self.traded
        target = asked.split(b" ")[1]
        if target == b"/.well-known/openid-configuration":
            return self.described
        if target.startswith(b"/cgi-bin/gettoken"):
            return self.app_token
        return self.member if target.startswith(b"/cgi-bin/") else self.keys

    def close(self) -> None:
        self._asked = b""

    def get_extra_info(self, _info: str) -> None:
        return None


@pytest.fixture(scope="module")
def reach() -> Iterator[Callable[[_Company], CompanyDoors]]:
    """Give production's way to every company, whose network is one company."""
    with pytest.MonkeyPatch.context() as patch:

        def reached(company: _Company) -> CompanyDoors:
            patch.setattr(company_lines, "PublicNetwork", lambda: company)
            return CompanyDoors(may_be_plain=False)

        yield reached


Reach = Callable[[_Company], CompanyDoors]


def _outcome(doors: CompanyDoors, door: Door = DOOR) -> Came | Trouble:
    """Go the whole way; whoever comes back is one whom the rest of the product can keep.

    Whatever else is raised would be an error of ours, and fails the test.
    """
    try:
        address = doors.address(door, GOING, now=NOW)
        assert address.isascii()
        assert address.isprintable()
        doors.check_answerer(door, ISSUER, now=NOW)
        came = doors.came(door, GOING, "code", now=NOW)
    except CompanyError as error:
        return error.trouble
    assert 0 < len(came.subject.encode()) <= 4 * 255
    assert not {"Cc", "Cs"} & {unicodedata.category(each) for each in came.subject}
    assert isinstance(came.acr, str)
    assert isinstance(came.amr, tuple)
    assert all(isinstance(each, str) for each in came.amr)
    assert came.auth_time is None or type(came.auth_time) is int
    second_factor_since(came.acr, came.amr, came.auth_time, NOW)
    return came


def test_a_company_that_answers_rightly(reach: Reach) -> None:
    assert _outcome(reach(_Company())) == Came("wang", "phr", ("pwd",), S)
    assert _outcome(reach(_Company()), WECOM) == Came("wangjianguo", "", (), None)


@pytest.mark.parametrize(("claim", "value"), [
    *(("auth_time", each) for each in (
        float("inf"), float("nan"), -float("inf"), True, 10**400, 1e300, -1, "", "1", [], {},
    )),
    *((name, each) for name in ("exp", "iat", "nbf") for each in (
        float("nan"), float("-inf"), True, "1", [], None,
    )),
    ("exp", float("inf")), ("exp", 10**400), ("iat", -(10**400)), ("nbf", -1e300),
    *(("sub", each) for each in (
        "\ud800", "wang\udfff", "\x00", "wa\x00ng", "wang\n", "\x1b[31m", "\x7f", "\x85", "",
        "w" * 256, 7, True, None, ["wang"], {"wang": 1},
    )),
    *(("amr", each) for each in ("mfa", "", 0, 1, True, False, {"mfa": 1}, {})),
    *(("acr", each) for each in (2, 0, True, False, ["phr"], [], {"phr": 1})),
    *((name, each) for name in ("iss", "aud", "nonce") for each in (
        None, 7, True, {}, [[]], [{}], "\ud800", float("nan"),
    )),
])  # fmt: skip
def test_a_claim_of_another_kind_is_nobodys(claim: str, value: object, reach: Reach) -> None:
    company = _Company()
    company.traded = {"id_token": _signed(HEADER, CLAIMS | {claim: value})}
    assert _outcome(reach(company)) is Trouble.BAD_TOKEN


@pytest.mark.parametrize(("claim", "value"), [
    ("sub", "王建国"), ("sub", "w" * 255), ("sub", "wang@岷江.example"), ("amr", None),
    ("acr", None), ("auth_time", S + 0.5), ("aud", ["shixue"]),
])  # fmt: skip
def test_what_a_claim_may_be(claim: str, value: object, reach: Reach) -> None:
    company = _Company()
    company.traded = {"id_token": _signed(HEADER, CLAIMS | {claim: value})}
    assert isinstance(_outcome(reach(company)), Came)


@pytest.mark.parametrize("kid", [1, 1.0, True, None, ["1"], {"1": 1}, float("nan")])
def test_a_key_named_by_no_text_is_none(kid: object, reach: Reach) -> None:
    company = _Company()
    company.traded = {"id_token": _signed(HEADER | {"kid": kid}, CLAIMS)}
    assert _outcome(reach(company)) is Trouble.BAD_TOKEN
    named = KEY.as_dict(private=False) | {"kid": kid}
    company.keys = {"keys": [named]}
    assert _outcome(reach(company)) is Trouble.BAD_TOKEN


_UNUSABLE = (
    f"{ISSUER}/é", f"{ISSUER}/?é=1", f"{ISSUER}/?\n", f"{ISSUER}/?a b", f"{ISSUER}/?a#b",
    f"{ISSUER}/\ud800", f"{ISSUER}?\ud800", f"{ISSUER}/?\x00", "https://登录.example/", "https://",
    "https:///token", "https://[", "https://[1", "https://a..b/", f"https://{'a' * 64}.example/",
    "https://.example/", "https://login.example:0/", "https://login.example:70000/", "//x/", "",
    "https://login.example:x/", f"{ISSUER}/{'a' * 5000}", None, 7, True, [ISSUER], {ISSUER: 1},
    f"{ISSUER}/?\\", "https://wang:secret@login.example/", "http://login.example/",
)  # fmt: skip


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("value", _UNUSABLE)
def test_an_address_that_cannot_be_asked(name: str, value: object, reach: Reach) -> None:
    company = _Company()
    company.described = DESCRIBED | {name: value}
    assert _outcome(reach(company)) is Trouble.ILL_SET


@pytest.mark.parametrize("issuer", [
    "https://a..b", f"https://{'a' * 64}.example", "https://.example", f"{ISSUER}/?x=1",
])  # fmt: skip
def test_an_issuer_that_cannot_be_asked(issuer: str, reach: Reach) -> None:
    door = replace(DOOR, issuer=issuer)
    assert _outcome(reach(_Company()), door) is Trouble.ILL_SET


def test_an_address_with_a_question_of_its_own_is_asked(reach: Reach) -> None:
    company = _Company()
    company.described = DESCRIBED | {
        name: f"{DESCRIBED[name]}?tenant=1&x=%C3%A9"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    assert isinstance(_outcome(reach(company)), Came)


@pytest.mark.parametrize("ways", [7, True, "client_secret_post", {"client_secret_post": 1}])
def test_a_list_that_is_none(ways: object, reach: Reach) -> None:
    company = _Company()
    company.described = DESCRIBED | {"token_endpoint_auth_methods_supported": ways}
    assert _outcome(reach(company)) is Trouble.ILL_SET


@pytest.mark.parametrize(("value", "wanted"), [
    *((each, Trouble.BAD_TOKEN) for each in (
        "\ud800", "王", "wa\x00ng", "wang\n", "wa ng", "\u212aang", "w" * 65, 7, True, ["wang"],
        {"wang": 1},
    )),
    ("", Trouble.OUTSIDER), (None, Trouble.OUTSIDER),
])  # fmt: skip
def test_a_member_of_another_kind_is_nobody(value: object, wanted: Trouble, reach: Reach) -> None:
    company = _Company()
    company.member = MEMBER | {"userid": value}
    assert _outcome(reach(company), WECOM) is wanted


@pytest.mark.parametrize(("name", "value"), [
    *(("errcode", each) for each in (None, False, 0.0, "0", [], [0], {}, "\ud800")),
    *(("access_token", each) for each in ("\ud800", "", "é", "a b", None, 7, "a" * 3000, ["t"])),
    *(("expires_in", each) for each in (float("nan"), "7200", None, True, [7200])),
])  # fmt: skip
def test_an_app_is_ill_set_where_its_token_is_none(name: str, value: object, reach: Reach) -> None:
    company = _Company()
    company.app_token = APP_TOKEN | {name: value}
    assert _outcome(reach(company), WECOM) is Trouble.ILL_SET
    if name == "errcode":
        company = _Company()
        company.member = MEMBER | {name: value}
        assert _outcome(reach(company), WECOM) is Trouble.ILL_SET


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20)
    | st.sampled_from([
        "\ud800", "\x00", "", "1", "wang", "shixue", ISSUER, f"{ISSUER}/é", f"{ISSUER}/?x", "sig",
        "https://[", "https://a..b/", "EC", "RSA", "OKP", "oct", "P-256", "P-521", "X25519",
        "Ed25519", "ES256", "PS256", "EdDSA", "none", "HS256", "AQAB", "AA", "b64", "verify",
        "client_secret_basic", 10**400, -(10**400), 0, 40014, 42001, S,
    ])
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def _changes(*names: str) -> st.SearchStrategy[Members]:
    return st.dictionaries(st.sampled_from(names) | st.text(max_size=8), ANYTHING, max_size=4)


@given(
    claims=_changes("sub", "acr", "amr", "auth_time", "exp", "iat", "nbf", "aud", "azp", "nonce"),
    header=_changes("kid", "typ", "cty", "crit", "b64", "jwk", "jku", "x5c", "x5t", "zip"),
)
def test_whatever_a_token_says(claims: Members, header: Members, reach: Reach) -> None:
    company = _Company()
    company.traded = {"id_token": _signed(HEADER | header, CLAIMS | claims)}
    _outcome(reach(company))
    company.traded = {"id_token": _signed(HEADER, CLAIMS | claims)}
    _outcome(reach(company))


@given(changes=_changes(*DESCRIBED, "authorization_response_iss_parameter_supported"))
def test_whatever_a_description_says(changes: Members, reach: Reach) -> None:
    company = _Company()
    company.described = DESCRIBED | changes
    _outcome(reach(company))


@given(
    key=st.sampled_from(
        [KEY, jwk.RSAKey.generate_key(2048), jwk.OKPKey.generate_key("Ed25519")]
    ).map(lambda key: key.as_dict(private=False)),
    changes=_changes("kty", "use", "kid", "alg", "crv", "x", "y", "n", "e", "key_ops", "x5c"),
)
@example(key=KEY.as_dict(private=False), changes={"kty": ["EC"]})
@example(key={"kty": "OKP", "crv": "X25519", "x": b64url(bytes(32))}, changes={})
def test_whatever_keys_it_has(key: Members, changes: Members, reach: Reach) -> None:
    company = _Company()
    company.keys = {"keys": [{"kid": "1"} | key | changes]}
    for algorithm in ("ES256", "RS256", "PS256", "EdDSA"):
        company.traded = {"id_token": _signed(HEADER | {"alg": algorithm}, CLAIMS)}
        _outcome(reach(company))


@given(answer=ANYTHING, place=st.sampled_from(["described", "keys", "traded", "id_token"]))
def test_whatever_it_answers(answer: object, place: str, reach: Reach) -> None:
    company = _Company()
    if place == "id_token":
        company.traded = {"id_token": answer}
    else:
        setattr(company, place, answer)
    assert isinstance(_outcome(reach(company)), Trouble)


@given(
    app_token=_changes(*APP_TOKEN), member=_changes(*MEMBER), answer=ANYTHING,
    place=st.sampled_from(["app_token", "member"]),
)  # fmt: skip
def test_whatever_wecom_says(
    app_token: Members, member: Members, answer: object, place: str, reach: Reach
) -> None:
    company = _Company()
    company.app_token, company.member = APP_TOKEN | app_token, MEMBER | member
    _outcome(reach(company), WECOM)
    setattr(company, place, answer)
    assert isinstance(_outcome(reach(company), WECOM), Trouble)
