"""Clients that send ready-made requests over kept connections as fast as they are answered."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import uvloop


@dataclass(slots=True)
class Seen:
    """Seconds of each answer, in the order of arrival, and how many were not 200."""

    took: list[float] = field(default_factory=list)
    refused: int = 0
    first_refusal: bytes = b""
    seconds: float = 0.0

    def add(self, more: "Seen") -> None:
        """Take in what was seen another time."""
        self.took += more.took
        self.refused += more.refused
        self.first_refusal = self.first_refusal or more.first_refusal
        self.seconds += more.seconds

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000


class _Client(asyncio.Protocol):
    """One connection: sends its requests one by one, each when the one before was answered."""

    def __init__(self, requests: Sequence[bytes], seen: Seen, done: asyncio.Future[None]) -> None:
        self._requests, self._seen, self._done = iter(requests), seen, done
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        self._buffer = b""
        self._seen.took.append(time.perf_counter() - self._sent)
        if b" 200 " not in head[:16]:
            self._seen.refused += 1
            self._seen.first_refusal = self._seen.first_refusal or head + b"\n\n" + rest
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("closed by the server"))


async def _send(port: int, lanes: Sequence[Sequence[bytes]]) -> Seen:
    seen, loop = Seen(), asyncio.get_running_loop()
    waits = [loop.create_future() for _ in lanes]
    began = time.perf_counter()
    for requests, done in zip(lanes, waits, strict=True):
        await loop.create_connection(
            lambda requests=requests, done=done: _Client(requests, seen, done), "127.0.0.1", port
        )
    await asyncio.gather(*waits)
    seen.seconds = time.perf_counter() - began
    return seen


def send(port: int, lanes: Sequence[Sequence[bytes]]) -> Seen:
    """Send every lane over a connection of its own, all at the same time."""
    return uvloop.run(_send(port, lanes))


async def _send_paced(
    port: int, next_request: Callable[[], bytes], *, clients: int, rate: float, seconds: float
) -> Seen:
    """A request each 1/rate seconds, by whichever client is free; late ones wait, none is left out.

    What an answer took is reckoned from the moment its request was due, not from when it left.
    """
    seen, began = Seen(), time.perf_counter()
    due = iter(began + number / rate for number in range(int(rate * seconds)))

    async def one_client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for moment in due:
            if (early := moment - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            writer.write(next_request())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
            body = await reader.readexactly(length)
            seen.took.append(time.perf_counter() - moment)
            if b" 200 " not in head[:16]:
                seen.refused += 1
                seen.first_refusal = seen.first_refusal or head + body
        writer.close()

    await asyncio.gather(*(one_client() for _ in range(clients)))
    seen.seconds = time.perf_counter() - began
    return seen


def send_paced(
    port: int, next_request: Callable[[], bytes], *, clients: int, rate: float, seconds: float
) -> Seen:
    """Send `rate` requests a second for so many seconds."""
    return uvloop.run(_send_paced(port, next_request, clients=clients, rate=rate, seconds=seconds))
