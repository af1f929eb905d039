"""Reaching the addresses that a company named: public ones only, few at a time, none that ails."""

import datetime as dt
import ipaddress
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import httpcore

from app.identity.providers.wire import Letter, Line, RawAnswer, VendorError
from app.identity.rules import vendor_calls
from app.identity.rules.vendor_calls import Breaker, CallPolicy, Failure

_TIMEOUT_S: Final = 5.0
# A company that hangs must not hold the threads that answer everybody else's requests.
_AT_ONCE: Final = 4
_MOST_LINES: Final = 64
# Of each company up to four hosts: the issuer's, and those of its three endpoints.
_MOST_GUARDS: Final = 1024
_POLICY: Final = CallPolicy(attempts=1)

# RFC 4291 and IANA's table: all unicast addresses of the Internet; NAT64 (64:ff9b::/32), mapped,
# compatible and translated ones, and those of sites and links (fec0::/10, fe80::/10) lie outside.
_HANDED_OUT: Final = ipaddress.ip_network("2000::/3")
# For protocols (Teredo among them), 6to4 and its relays, and examples (RFC 6890, 7526, 9637).
_SPECIAL: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)


class PublicNetwork(httpcore.NetworkBackend):
    """Opens connections to public addresses only, to the very address that was looked at."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = public_address(host, port)
        return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)


def public_address(host: str, port: int) -> str:
    """Return an address of a host all of whose addresses are public.

    Raises httpcore.ConnectError where one is not, or there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore.ConnectError("no address") from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(_is_public(each) for each in addresses):
        raise httpcore.ConnectError("not a public address")
    return addresses[0]


def _is_public(text: str) -> bool:
    """Tell whether an address is a public one of its own, and leads to no other inside it.

    Whether a gateway would turn an IPv6 address into a private IPv4 one cannot be seen from here,
    so none that carries one passes: mapped, compatible, translated, NAT64, 6to4, Teredo.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address not in _HANDED_OUT:
        return False
    is_special = any(address in each for each in _SPECIAL)
    return address.is_global and not address.is_multicast and not is_special


@dataclass(slots=True)
class _Way:
    """Connections to one host, which companies share; `busy` calls are under way on them."""

    line: Line
    busy: int = 0


@dataclass(slots=True)
class _Guard:
    """How one host did for one asker, and how many of the asker's calls are under way there."""

    breaker: Breaker = field(default_factory=Breaker)
    busy: int = 0


_Name = TypeVar("_Name")
_Kept = TypeVar("_Kept", _Way, _Guard)


class CompanyLines:
    """Every company's addresses; threads share it. `is_guarded` keeps to public ones.

    Many companies have their sign-in at one host. Connections there are shared, but who ails or
    hangs is held against one asker alone: else a company could shut its neighbours out.
    """

    def __init__(self, *, is_guarded: bool) -> None:
        self._is_guarded = is_guarded
        self._ways: OrderedDict[str, _Way] = OrderedDict()
        self._guards: OrderedDict[tuple[str, str], _Guard] = OrderedDict()
        self._lock = threading.Lock()

    def exchange(self, url: str, letter: Letter, *, asker: str, now: dt.datetime) -> RawAnswer:
        """Send to an address once and read the whole answer; nothing leads elsewhere.

        `asker` is for whom it is sent (`Door.asker`). Raises VendorError, also where the company
        hangs (SPARED) or ailed lately (RESTING).
        """
        parts, now_ms = urlsplit(url), int(now.timestamp() * 1000)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        guard, way = self._begin(asker, origin, now_ms)
        failure: Failure | None = Failure.LOST
        try:
            answer = way.line.exchange(letter, _TIMEOUT_S)
            failure = Failure.BROKEN if answer.status >= 500 else None
        except VendorError as error:
            failure = error.failure
            raise
        else:
            return answer
        finally:
            with self._lock:
                guard.breaker = vendor_calls.ended(guard.breaker, failure, _POLICY, now_ms)
                guard.busy -= 1
                way.busy -= 1

    def _begin(self, asker: str, origin: str, now_ms: int) -> tuple[_Guard, _Way]:
        with self._lock:
            guard = self._guards.setdefault((asker, origin), _Guard())
            self._guards.move_to_end((asker, origin))
            if guard.busy >= _AT_ONCE:
                raise VendorError(Failure.SPARED)
            if not vendor_calls.may_ask(guard.breaker, now_ms):
                raise VendorError(Failure.RESTING)
            way = self._ways.get(origin) or _Way(
                Line(origin, network=PublicNetwork() if self._is_guarded else None)
            )
            self._ways[origin] = way
            self._ways.move_to_end(origin)
            guard.breaker = vendor_calls.begun(guard.breaker)
            guard.busy += 1
            way.busy += 1
            _spare(self._guards, _MOST_GUARDS)
            for each in _spare(self._ways, _MOST_LINES):
                each.line.close()
        return guard, way


def _spare(kept: OrderedDict[_Name, _Kept], most: int) -> list[_Kept]:
    """Take out what was not used for longest, beyond `most`; never what is in use."""
    if len(kept) <= most:
        return []
    idle = [name for name, each in kept.items() if each.busy == 0]
    return [kept.pop(name) for name in idle[: len(kept) - most]]
