"""What can go wrong with an answer on its way; each spoils an answer that was made already."""

import json
import time
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler

_HALF_DRIP_S = 0.05


class Fault(StrEnum):
    """How an answer is spoiled. The call itself was taken: a message was sent by then."""

    SLOW = "slow"  # the answer comes after the caller has gone
    DRIP = "drip"  # byte by byte, so that no single wait is long
    STALL = "stall"  # begins, goes on once, and then nothing more
    SERVER_ERROR = "server_error"  # 500 with a page
    UNAVAILABLE = "unavailable"  # 503 with a page
    WRONG_BODY = "wrong_body"  # 200 with a page: somebody else answers on this network
    WRONG_SHAPE = "wrong_shape"  # 200 with JSON of another shape
    EMPTY = "empty"  # 200 with nothing
    HALF = "half"  # 200 with half an answer, and a length that says so
    TRUNCATED = "truncated"  # the connection ends before the length that was said
    SHORT_LENGTH = "short_length"  # the length that was said is too small
    CLOSES = "closes"  # the connection ends inside the headers
    HUGE = "huge"  # more than any answer has
    REDIRECT = "redirect"  # elsewhere: never followed


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, length: int = -1) -> None:
    """Send a whole answer of JSON; `length` is what it says of itself."""
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body) if length < 0 else length))
    handler.end_headers()
    handler.wfile.write(body)


def spoil(handler: BaseHTTPRequestHandler, fault: Fault, body: bytes, slow_s: float) -> None:
    """Send what becomes of an answer; `slow_s` is how long the slow ones take."""
    page = b"<html><body>Bad Gateway</body></html>"
    other = json.dumps([{"Result": "0", "BizCode": "1", "Code": "OK"}]).encode()
    ways: dict[Fault, Callable[[], None]] = {
        Fault.SLOW: lambda: _send_late(handler, body, slow_s),
        Fault.DRIP: lambda: _drip(handler, body, slow_s),
        Fault.STALL: lambda: _stall(handler, slow_s),
        Fault.SERVER_ERROR: lambda: send(handler, 500, page),
        Fault.UNAVAILABLE: lambda: send(handler, 503, page),
        Fault.WRONG_BODY: lambda: send(handler, 200, page),
        Fault.WRONG_SHAPE: lambda: send(handler, 200, other),
        Fault.EMPTY: lambda: send(handler, 200, b""),
        Fault.HALF: lambda: send(handler, 200, body[: len(body) // 2]),
        Fault.TRUNCATED: lambda: send(handler, 200, body[:-1], len(body)),
        Fault.SHORT_LENGTH: lambda: send(handler, 200, body, len(body) - 2),
        Fault.CLOSES: lambda: _close_early(handler),
        Fault.HUGE: lambda: send(handler, 200, body + b" " * 200_000),
        Fault.REDIRECT: lambda: _redirect(handler),
    }
    ways[fault]()


def _send_late(handler: BaseHTTPRequestHandler, body: bytes, slow_s: float) -> None:
    time.sleep(slow_s)
    send(handler, 200, body)


def _drip(handler: BaseHTTPRequestHandler, body: bytes, slow_s: float) -> None:
    head = f"HTTP/1.0 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    until = time.monotonic() + slow_s
    for byte in head + body:
        if time.monotonic() > until:
            return
        handler.wfile.write(bytes((byte,)))
        handler.wfile.flush()
        time.sleep(_HALF_DRIP_S)


def _stall(handler: BaseHTTPRequestHandler, slow_s: float) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    time.sleep(slow_s / 4)
    handler.wfile.write(b"content-le")
    time.sleep(slow_s)


def _close_early(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\ncontent-le")


def _redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("location", "/elsewhere")
    handler.send_header("content-length", "0")
    handler.end_headers()
