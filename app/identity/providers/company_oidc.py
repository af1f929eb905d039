"""OpenID Connect with a company's provider: discovery, the way there, and who came back."""

import base64
import datetime as dt
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import JoseError, SecurityWarning

from app.core.crypto import from_b64url
from app.identity.providers.company_doors import Came, CompanyError, Door, Going
from app.identity.providers.company_lines import CompanyLines
from app.identity.providers.wire import Letter, RawAnswer, VendorError, members
from app.identity.rules.company_sign_ins import (
    LEEWAY_S,
    Trouble,
    is_endpoint,
    is_issuer,
    is_subject,
    whole_seconds,
)
from app.identity.rules.second_factors import LASTS

# RFC 9864 gives EdDSA the name Ed25519; providers still sign under the old one.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)

ALGORITHMS: Final = {
    "RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP",
}  # fmt: skip
"""What an id_token may be signed with, and the kind of key; nothing with a shared secret."""
_LASTS: Final = dt.timedelta(hours=1)
_FLOOR: Final = dt.timedelta(minutes=1)
_MOST_KNOWN: Final = 256
_LONGEST_TOKEN: Final = 16 * 1024
_LEAST_RSA_BITS: Final = 2048
_TIMES: Final = ("exp", "iat", "nbf", "auth_time")


@dataclass(frozen=True, slots=True)
class _Provider:
    authorization: str
    token: str
    keys: str
    says_who: bool
    takes_basic: bool
    read_at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Keys:
    keys: tuple[jwk.Key, ...]
    read_at: dt.datetime


class OidcDoors:
    """Speaks OpenID Connect to every company; threads share it, and what it has read of them."""

    def __init__(self, lines: CompanyLines, *, may_be_plain: bool) -> None:
        self.may_be_plain = may_be_plain
        self._lines = lines
        self._providers: dict[str, _Provider] = {}
        self._keys: dict[str, _Keys] = {}
        self._lock = threading.Lock()

    def address(self, door: Door, going: Going, *, now: dt.datetime) -> str:
        """Return the company's page with our question. Raises CompanyError."""
        provider = self._provider(door, now)
        asked = {
            "response_type": "code", "client_id": door.client_id, "scope": "openid",
            "redirect_uri": going.return_url, "state": going.state, "nonce": going.nonce,
            "code_challenge": create_s256_code_challenge(going.verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        if door.trusts_second_factor:
            asked["max_age"] = str(int(LASTS.total_seconds()))
        mark = "&" if urlsplit(provider.authorization).query else "?"
        return f"{provider.authorization}{mark}{urlencode(asked)}"

    def check_answerer(self, door: Door, said: str | None, *, now: dt.datetime) -> None:
        """Refuse an answer of somebody else (RFC 9207). Raises CompanyError."""
        if said is not None and said != door.issuer:
            raise CompanyError(Trouble.MIXED_UP, "iss")
        if said is None and self._provider(door, now).says_who:
            raise CompanyError(Trouble.MIXED_UP, "no iss")

    def came(self, door: Door, going: Going, code: str, *, now: dt.datetime) -> Came:
        """Trade the code for who came. Raises CompanyError."""
        provider = self._provider(door, now)
        token = self._trade(provider, door, going, code, now)
        claims = self._checked(provider, door, going, token, now)
        return _read_claims(claims)

    def _provider(self, door: Door, now: dt.datetime) -> _Provider:
        issuer = door.issuer
        known = self._providers.get(issuer)
        if known is not None and abs(now - known.read_at) < _LASTS:
            return known
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        is_plain = self.may_be_plain
        if not is_issuer(issuer, may_be_plain=is_plain) or not is_endpoint(
            address, may_be_plain=is_plain
        ):
            raise CompanyError(Trouble.ILL_SET, "issuer")
        found = self._read(address, door, now)
        if found.get("issuer") != issuer:
            raise CompanyError(Trouble.ILL_SET, "another issuer")
        ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not isinstance(ways, list):
            raise CompanyError(Trouble.ILL_SET, "ways to say who asks")
        fresh = _Provider(
            authorization=self._endpoint(found, "authorization_endpoint"),
            token=self._endpoint(found, "token_endpoint"),
            keys=self._endpoint(found, "jwks_uri"),
            says_who=found.get("authorization_response_iss_parameter_supported") is True,
            takes_basic="client_secret_basic" in ways,
            read_at=now,
        )
        self._keep(self._providers, issuer, fresh)
        return fresh

    def _endpoint(self, found: Mapping[str, Any], name: str) -> str:
        given = found.get(name)
        if not is_endpoint(given, may_be_plain=self.may_be_plain):
            raise CompanyError(Trouble.ILL_SET, name)
        return given

    def _keep(self, kept: dict[str, Any], name: str, value: object) -> None:
        with self._lock:
            if len(kept) >= _MOST_KNOWN:
                kept.clear()
            kept[name] = value

    def _trade(
        self, provider: _Provider, door: Door, going: Going, code: str, now: dt.datetime
    ) -> str:
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": going.return_url,
            "code_verifier": going.verifier,
        }  # fmt: skip
        headers = {
            "content-type": "application/x-www-form-urlencoded", "accept": "application/json",
        }  # fmt: skip
        if provider.takes_basic:
            pair = f"{quote(door.client_id, safe='')}:{quote(door.secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            asked |= {"client_id": door.client_id, "client_secret": door.secret}
        letter = Letter(_target(provider.token), headers, urlencode(asked).encode())
        answer = self._exchange(provider.token, letter, door, now)
        found = members(answer.body)
        if answer.status in (400, 401) and found is not None:
            is_ours = found.get("error") in ("invalid_client", "unauthorized_client")
            raise CompanyError(Trouble.ILL_SET if is_ours else Trouble.REFUSED, "token")
        token = found.get("id_token") if found is not None and answer.status == 200 else None
        if not isinstance(token, str) or len(token) > _LONGEST_TOKEN or not token.isascii():
            raise CompanyError(Trouble.BAD_TOKEN, "no id_token")
        return token

    def _checked(
        self, provider: _Provider, door: Door, going: Going, token: str, now: dt.datetime
    ) -> Mapping[str, Any]:
        key, algorithm = self._key_of(provider, door, token, now)
        wanted = {
            "iss": {"essential": True, "value": door.issuer},
            "aud": {"essential": True, "value": door.client_id},
        }
        known: dict[str, object] = {"nonce": going.nonce, "client_id": door.client_id}
        if door.trusts_second_factor:
            known["max_age"] = int(LASTS.total_seconds())
        try:
            read = jwt.decode(token, key, algorithms=[algorithm])
            claims = CodeIDToken(read.claims, read.header, wanted, known)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise CompanyError(Trouble.BAD_TOKEN, type(error).__name__) from None
        return dict(claims)

    def _key_of(
        self, provider: _Provider, door: Door, token: str, now: dt.datetime
    ) -> tuple[jwk.Key, str]:
        """Return the one key that a token names, and its algorithm; never what the token brings."""
        try:
            header = members(from_b64url(token.partition(".")[0])) or {}
        except ValueError:
            header = {}
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise CompanyError(Trouble.BAD_TOKEN, "alg")
        if not isinstance(kid, str | None):
            raise CompanyError(Trouble.BAD_TOKEN, "kid")
        known = self._keys.get(provider.keys)
        if (
            known is None
            or abs(now - known.read_at) >= _LASTS
            or (not _fitting(known, algorithm, kid) and abs(now - known.read_at) >= _FLOOR)
        ):
            known = self._read_keys(provider.keys, door, now)
        fitting = _fitting(known, algorithm, kid)
        if len(fitting) != 1:
            raise CompanyError(Trouble.BAD_TOKEN, "kid")
        return fitting[0], algorithm

    def _read_keys(self, address: str, door: Door, now: dt.datetime) -> _Keys:
        listed = self._read(address, door, now).get("keys")
        if not isinstance(listed, list):
            raise CompanyError(Trouble.ILL_SET, "keys")
        found = [key for each in listed[:64] if (key := _public_key(each)) is not None]
        fresh = _Keys(tuple(found), now)
        self._keep(self._keys, address, fresh)
        return fresh

    def _read(self, address: str, door: Door, now: dt.datetime) -> Mapping[str, Any]:
        letter = Letter(_target(address), {"accept": "application/json"}, b"", "GET")
        answer = self._exchange(address, letter, door, now)
        found = members(answer.body)
        if answer.status != 200 or found is None:
            raise CompanyError(Trouble.ILL_SET, f"status {answer.status}")
        return found

    def _exchange(self, address: str, letter: Letter, door: Door, now: dt.datetime) -> RawAnswer:
        try:
            answer = self._lines.exchange(address, letter, asker=door.asker, now=now)
        except VendorError as error:
            raise CompanyError(Trouble.AWAY, error.failure.value) from None
        if answer.status >= 500 or answer.status == 429:
            raise CompanyError(Trouble.AWAY, f"status {answer.status}")
        return answer


def _target(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def _public_key(given: object) -> jwk.Key | None:
    """Read one key that may sign; None for secrets, for keys that encrypt, and for weak ones."""
    if not isinstance(given, dict) or given.get("kty") not in list(ALGORITHMS.values()):
        return None
    if given.get("use", "sig") != "sig":
        return None
    try:
        key = jwk.import_key({name: each for name, each in given.items() if name != "d"})
        bits = key.public_key.key_size if isinstance(key, jwk.RSAKey) else _LEAST_RSA_BITS
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if bits >= _LEAST_RSA_BITS else None


def _fitting(known: _Keys, algorithm: str, kid: str | None) -> list[jwk.Key]:
    """The keys that a token can mean; one without a kid means the only one of its kind."""
    return [
        key
        for key in known.keys
        if key.key_type == ALGORITHMS[algorithm]
        and key.get("alg") in (None, algorithm)
        and (kid is None or key.get("kid") == kid)
    ]


def _read_claims(claims: Mapping[str, Any]) -> Came:
    """Read who came; a claim of another kind than is written down makes the whole no answer.

    Raises CompanyError.
    """
    times = {name: claims[name] for name in _TIMES if claims.get(name) is not None}
    read = {name: whole_seconds(given) for name, given in times.items()}
    subject, acr, amr = claims.get("sub"), claims.get("acr"), claims.get("amr")
    if None in read.values():
        raise CompanyError(Trouble.BAD_TOKEN, "time")
    if not is_subject(subject):
        raise CompanyError(Trouble.BAD_TOKEN, "sub")
    if not isinstance(acr, str | None) or not isinstance(amr, list | None):
        raise CompanyError(Trouble.BAD_TOKEN, "acr or amr")
    ways = tuple(each for each in amr or () if isinstance(each, str))
    return Came(subject=subject, acr=acr or "", amr=ways, auth_time=read.get("auth_time"))
