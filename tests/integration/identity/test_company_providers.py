"""Companies that answer wrongly, over real HTTP: none of them brings anybody in."""

import datetime as dt
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpcore
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwk, jwt

from app.core.crypto import b64url
from app.identity.providers.companies import CompanyDoors
from app.identity.providers.company_doors import CompanyError, Door, Going
from app.identity.providers.company_lines import public_address
from app.identity.providers.simulation import VendorServer
from app.identity.providers.simulation.company_side import CLIENT_ID, CompanySide
from app.identity.providers.simulation.faults import Fault
from app.identity.rules.company_sign_ins import SENTENCES, CompanyKind, Trouble, is_issuer
from tests.companies import at_company, company_alone

NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
GOING = Going("http://localhost/sign-in/company/return/0", "s" * 43, "n" * 43, "v" * 43)
Claims = dict[str, Any]


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with company_alone(NOW) as opened:
        yield opened


@pytest.fixture
def company(server: VendorServer) -> CompanySide:
    return server.company


@pytest.fixture
def doors() -> CompanyDoors:
    return CompanyDoors(may_be_plain=True)


def _door(company: CompanySide, **changes: object) -> Door:
    known: dict[str, Any] = {
        "kind": CompanyKind.OIDC, "issuer": company.url, "client_id": CLIENT_ID, "agent_id": "",
        "secret": company.client_secret, "trusts_second_factor": False,
    }  # fmt: skip
    return Door(**(known | changes))


def _trouble(doors: CompanyDoors, company: CompanySide, **changes: object) -> Trouble:
    """Go the whole way, and return why it led nowhere."""
    door = _door(company, **changes)
    with pytest.raises(CompanyError) as caught:
        _came(doors, door, company)
    assert all(SENTENCES[caught.value.trouble])
    return caught.value.trouble


def _came(doors: CompanyDoors, door: Door, company: CompanySide):
    query = urlsplit(doors.address(door, GOING, now=NOW)).query
    asked = {name: given[0] for name, given in parse_qs(query).items()}
    return doors.came(door, GOING, company.grant(asked, "wang"), now=NOW)


def test_who_came_is_known_by_the_companys_name(doors: CompanyDoors, company: CompanySide) -> None:
    address = doors.address(_door(company), GOING, now=NOW)
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert GOING.verifier not in address
    given = at_company(address, "wang", mfa=True)
    doors.check_answerer(_door(company), given["iss"], now=NOW)
    came = doors.came(_door(company), GOING, given["code"], now=NOW)
    assert (came.subject, came.amr, came.auth_time) == (
        "wang", ("pwd", "otp", "mfa"), int(NOW.timestamp()),
    )  # fmt: skip


def _claimed(**changes: object) -> Callable[[CompanySide], None]:
    """The company signs other claims; None leaves one out."""

    def spoil(company: CompanySide) -> None:
        def forge(header: Claims, claims: Claims) -> str:
            said = {name: each for name, each in (claims | changes).items() if each is not None}
            return jwt.encode(header, said, company.key)

        company.forge = forge

    return spoil


def _unsigned(company: CompanySide) -> None:
    def forge(header: Claims, claims: Claims) -> str:
        parts = (header | {"alg": "none"}, claims)
        return ".".join(b64url(json.dumps(part).encode()) for part in parts) + "."

    company.forge = forge


def _by_public_key(company: CompanySide) -> None:
    """The classic mix-up: the public key taken for a shared secret."""
    pem = company.key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def forge(header: Claims, claims: Claims) -> str:
        parts = (header | {"alg": "HS256"}, claims)
        text = ".".join(b64url(json.dumps(part).encode()) for part in parts)
        return f"{text}.{b64url(hmac.digest(pem, text.encode(), 'sha256'))}"

    company.forge = forge


def _by_own_key(company: CompanySide, kid: str) -> None:
    own = CompanySide.fresh_key(kid)

    def forge(header: Claims, claims: Claims) -> str:
        return jwt.encode(header | {"kid": kid, "jwk": own.as_dict(private=False)}, claims, own)

    company.forge = forge


_S = int(NOW.timestamp())
WRONG_TOKENS: dict[str, Callable[[CompanySide], None]] = {
    "another issuer": _claimed(iss="https://login.example"),
    "another audience": _claimed(aud="somebody"),
    "several audiences and no azp": _claimed(aud=[CLIENT_ID, "somebody"]),
    "another azp": _claimed(azp="somebody"),
    "another nonce": _claimed(nonce="x"),
    "no nonce": _claimed(nonce=None),
    "expired": _claimed(exp=_S - 61),
    "no expiry": _claimed(exp=None),
    "from tomorrow": _claimed(iat=_S + 86400),
    "not yet": _claimed(nbf=_S + 3600),
    "nobody": _claimed(sub=None),
    "an empty name": _claimed(sub=""),
    "a number for a name": _claimed(sub=7),
    "no signature": _unsigned,
    "signed with the public key": _by_public_key,
    "signed by a key it brings": lambda company: _by_own_key(company, "2"),
    "signed by another key of that name": lambda company: _by_own_key(company, "1"),
    "no token": lambda company: setattr(company, "forge", lambda *_: ""),
    "not a token": lambda company: setattr(company, "forge", lambda *_: "a.b.c"),
    "an endless token": lambda company: setattr(company, "forge", lambda *_: "a" * 20_000),
}


@pytest.mark.parametrize("wrong", WRONG_TOKENS)
def test_a_wrong_token_is_nobodys(wrong: str, doors: CompanyDoors, company: CompanySide) -> None:
    WRONG_TOKENS[wrong](company)
    assert _trouble(doors, company) is Trouble.BAD_TOKEN


@pytest.mark.parametrize("kind", ["RS256", "PS256", "ES256", "EdDSA"])
def test_the_usual_signatures_are_read(
    kind: str, doors: CompanyDoors, company: CompanySide
) -> None:
    options = {"kid": "a", "use": "sig"}
    key: jwk.Key = {
        "RS256": lambda: jwk.RSAKey.generate_key(2048, options),
        "PS256": lambda: jwk.RSAKey.generate_key(2048, options),
        "ES256": lambda: jwk.ECKey.generate_key("P-256", options),
        "EdDSA": lambda: jwk.OKPKey.generate_key("Ed25519", options),
    }[kind]()
    company.keys = [key]
    company.forge = lambda _, claims: jwt.encode(
        {"alg": kind, "kid": "a"}, claims, key, algorithms=[kind]
    )
    assert _came(doors, _door(company), company).subject == "wang"


def test_a_new_key_is_looked_up_once_a_minute(
    doors: CompanyDoors, company: CompanySide, server: VendorServer
) -> None:
    assert _came(doors, _door(company), company).subject == "wang"
    company.key = CompanySide.fresh_key("2")
    company.keys = [company.key]
    asked = server.asked
    assert _trouble(doors, company) is Trouble.BAD_TOKEN
    assert server.asked == asked + 1, "only the token was asked for within the minute"
    later = NOW + dt.timedelta(seconds=60)
    company.now = lambda: later
    query = urlsplit(doors.address(_door(company), GOING, now=later)).query
    given = {name: each[0] for name, each in parse_qs(query).items()}
    assert doors.came(_door(company), GOING, company.grant(given, "wang"), now=later).subject


@pytest.mark.parametrize("fault", [each for each in Fault if each is not Fault.DRIP])
@pytest.mark.parametrize("place", ["discovery", "token", "keys"])
def test_a_company_that_fails_lets_nobody_in(
    fault: Fault, place: str, doors: CompanyDoors, company: CompanySide, server: VendorServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    door, impatient = _door(company), ("app.identity.providers.company_lines._TIMEOUT_S", 0.5)
    if place == "discovery":
        monkeypatch.setattr(*impatient)
        server.misbehave([fault], slow_s=1.0)
        with pytest.raises(CompanyError):
            doors.address(door, GOING, now=NOW)
        return
    query = urlsplit(doors.address(door, GOING, now=NOW)).query
    code = company.grant({name: each[0] for name, each in parse_qs(query).items()}, "wang")
    # The token is asked for first, then the keys.
    before = [] if place == "token" else [None]
    server.misbehave([*before, fault], slow_s=1.0)
    monkeypatch.setattr(*impatient)
    with pytest.raises(CompanyError) as caught:
        doors.came(door, GOING, code, now=NOW)
    assert caught.value.trouble in {Trouble.AWAY, Trouble.ILL_SET, Trouble.BAD_TOKEN}


@pytest.mark.parametrize(("metadata", "wanted"), [
    ({"issuer": "https://login.example"}, Trouble.ILL_SET),
    ({"token_endpoint": None}, Trouble.ILL_SET),
    ({"jwks_uri": "file:///etc/passwd"}, Trouble.ILL_SET),
    ({"authorization_endpoint": "javascript:alert(1)"}, Trouble.ILL_SET),
    ({"jwks_uri": "http://127.0.0.1:9/"}, Trouble.AWAY),
])  # fmt: skip
def test_a_description_that_does_not_fit(
    metadata: dict[str, object], wanted: Trouble, doors: CompanyDoors, company: CompanySide
) -> None:
    company.metadata = metadata
    assert _trouble(doors, company) is wanted


def test_a_code_counts_once_and_with_its_verifier(
    doors: CompanyDoors, company: CompanySide
) -> None:
    door = _door(company)
    given = at_company(doors.address(door, GOING, now=NOW), "wang")
    other = Going(GOING.return_url, GOING.state, GOING.nonce, "w" * 43)
    with pytest.raises(CompanyError) as caught:
        doors.came(door, other, given["code"], now=NOW)
    assert caught.value.trouble is Trouble.REFUSED
    again = at_company(doors.address(door, GOING, now=NOW), "wang")["code"]
    assert doors.came(door, GOING, again, now=NOW).subject == "wang"
    with pytest.raises(CompanyError):
        doors.came(door, GOING, again, now=NOW)


def test_a_wrong_secret_is_the_settings_fault(doors: CompanyDoors, company: CompanySide) -> None:
    assert _trouble(doors, company, secret="wrong") is Trouble.ILL_SET


@pytest.mark.parametrize("said", ["https://login.example", None])
def test_another_answerer_is_noticed(
    said: str | None, doors: CompanyDoors, company: CompanySide
) -> None:
    with pytest.raises(CompanyError) as caught:
        doors.check_answerer(_door(company), said, now=NOW)
    assert caught.value.trouble is Trouble.MIXED_UP


def test_one_that_keeps_failing_is_left_alone(
    doors: CompanyDoors, company: CompanySide, server: VendorServer
) -> None:
    server.misbehave([Fault.SERVER_ERROR] * 9)
    for _ in range(5):
        assert _trouble(doors, company) is Trouble.AWAY
    asked = server.asked
    assert _trouble(doors, company) is Trouble.AWAY
    assert server.asked == asked
    server.misbehave([])
    assert doors.address(_door(company, client_id="neighbour"), GOING, now=NOW)
    assert server.asked == asked + 1, "a neighbour at the same host is answered"


def test_production_reaches_public_addresses_only(company: CompanySide) -> None:
    guarded = CompanyDoors(may_be_plain=False)
    assert _trouble(guarded, company) is Trouble.ILL_SET
    inside = _door(company, issuer=company.url.replace("http:", "https:"))
    with pytest.raises(CompanyError) as caught:
        guarded.address(inside, GOING, now=NOW)
    assert caught.value.trouble is Trouble.AWAY


REACHED = (
    "8.8.8.8", "101.89.19.140", "223.255.255.254", "2001:4860:4860::8888", "2400:3200::1",
    "2606:4700::1111", "2c0f::1",
)  # fmt: skip
REFUSED = {
    "of the machine or the link": ("127.0.0.1", "::1", "169.254.169.254", "fe80::1", "fe80::1%1"),
    "of a network": ("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "fec0::1"),
    "of nobody": (
        "0.0.0.0", "::", "0.1.2.3",  # noqa: S104 -- where nothing listens: it is refused
        "240.0.0.1", "255.255.255.255", "4000::1", "100::1",
    ),
    "of many": ("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1", "192.88.99.1"),
    "for examples and measurements": (
        "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1",
    ),
    "for protocols": ("192.0.0.1", "192.0.0.9", "2001:2::1", "2001:20::1", "5f00::1"),
    "IPv4 inside, mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"),
    "IPv4 inside, compatible": ("::127.0.0.1", "::a00:1", "::8.8.8.8"),
    "IPv4 inside, translated": ("::ffff:0:10.0.0.1", "::ffff:0:8.8.8.8"),
    "IPv4 inside, NAT64": (
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b:1::a00:1",
        "64:ff9b:1:ffff::808:808",
    ),
    "IPv4 inside, 6to4": ("2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1"),
    "IPv4 inside, Teredo": ("2001::1", "2001:0:808:808::f5ff:fffe"),
    "a name of the machine": ("localhost",),
}  # fmt: skip


@pytest.mark.parametrize("host", REACHED)
def test_public_addresses_are_reached(host: str) -> None:
    assert public_address(host, 443) == host


@pytest.mark.parametrize("host", [host for hosts in REFUSED.values() for host in hosts])
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    with pytest.raises(httpcore.ConnectError):
        public_address(host, 443)


def test_a_host_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(*_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", (each, 443)) for each in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr("app.identity.providers.company_lines.socket.getaddrinfo", two)
    with pytest.raises(httpcore.ConnectError):
        public_address("login.example", 443)


@pytest.mark.parametrize("text", [
    "http://login.example", "https://", "https://a@login.example", "https://login.example?x=1",
    "https://login.example#x", "ftp://login.example", "https://login.example:x", "",
    "https://登录.example", "https://login.example\\@evil.example", "https://login.example/\n",
])  # fmt: skip
def test_what_is_no_issuer(text: str) -> None:
    assert not is_issuer(text, may_be_plain=False)
    assert is_issuer("https://login.example/tenant", may_be_plain=False)
