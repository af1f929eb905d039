"""One HTTP exchange with a vendor, bounded in time and size; what went wrong has a name."""

import contextvars
import functools
import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore
import httpx

from app.identity.rules.vendor_calls import Failure

MOST_BYTES: Final = 64 * 1024
_ID: Final = re.compile(r"[!-~]{1,128}")
# As many as threads that answer requests, so that none waits for another's vendor.
_MOST_CONNECTIONS: Final = 40
Ticks = Callable[[], float]


class VendorError(RuntimeError):
    """The vendor gave no usable answer; neither message nor ids hold anything personal."""

    def __init__(self, failure: Failure, ids: tuple[str, ...] = (), detail: str = "") -> None:
        super().__init__(f"{failure}{': ' if detail else ''}{detail}")
        self.failure = failure
        self.ids = ids
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, signed: headers with names in small letters, and a body."""

    target: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    body: bytes


def members(body: bytes) -> Mapping[str, Any] | None:
    """Read an answer's body as a JSON object; None for anything else, however deep it goes."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def ids_in(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The transaction id in an answer, where it is one that can be kept and read out."""
    given = answer.get("RequestId") if answer is not None else None
    return (given,) if isinstance(given, str) and _ID.fullmatch(given) else ()


@functools.cache
def _trust() -> ssl.SSLContext:
    """The authorities that a vendor's certificate may come from; 20 ms to read, so once."""
    return httpx.create_ssl_context(trust_env=False)


_ends_at: contextvars.ContextVar[float] = contextvars.ContextVar("ends_at")


class _Bounded(httpcore.NetworkStream):
    """A connection on which nothing waits past the end of the exchange, however it drips."""

    def __init__(self, inner: httpcore.NetworkStream, ticks: Ticks) -> None:
        self._inner = inner
        self._ticks = ticks

    def _left(self, timeout: float | None, late: type[Exception]) -> float:
        left = _ends_at.get() - self._ticks()
        if left <= 0:
            raise late
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _Bounded(self._inner.start_tls(ssl_context, server_hostname, left), self._ticks)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- the interface's own
        return self._inner.get_extra_info(info)


class _BoundedBackend(httpcore.NetworkBackend):
    """Opens connections that keep to the end of the exchange."""

    def __init__(self, ticks: Ticks, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner
        self._ticks = ticks

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Bounded(stream, self._ticks)


_UNREACHED = (
    httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout,
    httpcore.UnsupportedProtocol,
)  # fmt: skip
_LOST = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


class Line:
    """The way to one address of a vendor; connections are kept open between calls.

    `network` opens them, where not every address may be reached.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        ticks: Ticks = time.monotonic,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.host = urlsplit(endpoint).netloc
        self._ticks = ticks
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(), max_connections=_MOST_CONNECTIONS, keepalive_expiry=20.0,
            network_backend=_BoundedBackend(ticks, network or httpcore.SyncBackend()),
        )  # fmt: skip

    def exchange(self, letter: Letter, timeout_s: float) -> RawAnswer:
        """Send and read the whole answer within `timeout_s`.

        Raises VendorError: UNREACHED where nothing can have arrived there, LOST where it may
        have, MALFORMED on an answer that is too long.
        """
        token = _ends_at.set(self._ticks() + timeout_s)
        try:
            return self._send(letter, timeout_s)
        except _UNREACHED as error:
            raise VendorError(Failure.UNREACHED, detail=type(error).__name__) from None
        except _LOST as error:
            raise VendorError(Failure.LOST, detail=type(error).__name__) from None
        finally:
            _ends_at.reset(token)

    def _send(self, letter: Letter, timeout_s: float) -> RawAnswer:
        waits = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
        headers = list(letter.headers.items())
        with self._pool.stream(
            letter.method, f"{self.endpoint.rstrip('/')}{letter.target}", headers=headers,
            content=letter.body or None, extensions={"timeout": waits},
        ) as answer:  # fmt: skip
            read = bytearray()
            for part in answer.iter_stream():
                read += part
                if len(read) > MOST_BYTES:
                    raise VendorError(Failure.MALFORMED, detail="too long")
        return RawAnswer(answer.status, bytes(read))

    def close(self) -> None:
        self._pool.close()
