"""Reaching the addresses that a company named: public ones only, few at a time, none that ails."""

import datetime as dt
import ipaddress
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

from app.identity.providers.wire import Letter, Line, RawAnswer, VendorError
from app.identity.rules import vendor_calls
from app.identity.rules.vendor_calls import Breaker, CallPolicy, Failure

_TIMEOUT_S: Final = 5.0
# A company that hangs must not hold the threads that answer everybody else's requests.
_AT_ONCE: Final = 4
_MOST_LINES: Final = 64
_POLICY: Final = CallPolicy(attempts=1)


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
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)


@dataclass(slots=True)
class _Way:
    line: Line
    breaker: Breaker = field(default_factory=Breaker)
    free: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE)
    )


class CompanyLines:
    """Every company's addresses; threads share it. `is_guarded` keeps to public ones."""

    def __init__(self, *, is_guarded: bool) -> None:
        self._is_guarded = is_guarded
        self._ways: OrderedDict[str, _Way] = OrderedDict()
        self._lock = threading.Lock()

    def exchange(self, url: str, letter: Letter, *, now: dt.datetime) -> RawAnswer:
        """Send to an address once and read the whole answer; nothing leads elsewhere.

        Raises VendorError, also where the company hangs (SPARED) or ailed lately (RESTING).
        """
        way, now_ms = self._way(url), int(now.timestamp() * 1000)
        if not way.free.acquire(blocking=False):
            raise VendorError(Failure.SPARED)
        failure: Failure | None = Failure.LOST
        try:
            self._begin(way, now_ms)
        except VendorError:
            way.free.release()
            raise
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
                way.breaker = vendor_calls.ended(way.breaker, failure, _POLICY, now_ms)
            way.free.release()

    def _begin(self, way: _Way, now_ms: int) -> None:
        with self._lock:
            if not vendor_calls.may_ask(way.breaker, now_ms):
                raise VendorError(Failure.RESTING)
            way.breaker = vendor_calls.begun(way.breaker)

    def _way(self, url: str) -> _Way:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            way = self._ways.pop(origin, None)
            if way is None:
                way = _Way(Line(origin, network=PublicNetwork() if self._is_guarded else None))
            self._ways[origin] = way
            if len(self._ways) > _MOST_LINES:
                _, oldest = self._ways.popitem(last=False)
                oldest.line.close()
        return way
