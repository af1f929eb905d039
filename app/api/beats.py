"""The short way in for beats: raw ASGI, before routing, cookies and validation.

A batch proves by its MAC alone whose it is. What `LiveIngest` cannot take as plain counting goes
the long way, whole, to the route in `v1/study.py`, which documents and decides everything.
"""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import headers_of, problem_of, problem_response
from app.core.clock import Clock
from app.core.errors import AppError
from app.learning.services.live_ingest import LiveIngest
from app.learning.services.wire import MOST_BYTES

_PLACE = re.compile(r"/api/v1/study-sessions/([0-9A-Z]{26})/beats")
_MAC = re.compile(rb"[A-Za-z0-9_-]{43}")
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]


class BeatsDoorway:
    """Outermost: takes beats by itself, and hands everything else on."""

    def __init__(self, app: ASGIApp, ingest: LiveIngest, clock: Clock) -> None:
        self._app, self._ingest, self._clock = app, ingest, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None
        if scope["type"] == "http" and scope["method"] == "POST":
            found = _PLACE.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        previous, mac = _signature(scope)
        seen, body = await _read(receive)
        if previous and mac and body is not None:
            try:
                answer = await self._ingest.take(
                    found[1], previous=previous, mac=mac, body=body, now=self._clock.now()
                )
            except AppError as error:
                response = problem_response(problem_of(error), headers_of(error))
                await response(scope, receive, send)
                return
            if answer is not None:
                await _send(send, answer)
                return
        await self._app(scope, _again(seen, receive), send)


def _signature(scope: Scope) -> tuple[str, str]:
    """The client's head and MAC, or empty ones that cannot be right."""
    found = {b"study-prev": "", b"study-mac": ""}
    for name, value in scope["headers"]:
        if name in found and _MAC.fullmatch(value):
            found[name] = value.decode("ascii")
    return found[b"study-prev"], found[b"study-mac"]


async def _read(receive: Receive) -> tuple[list[Message], bytes | None]:
    """What arrived, and the body where it is whole and no larger than a batch may be."""
    seen: list[Message] = []
    size = 0
    while True:
        message = await receive()
        seen.append(message)
        if message["type"] != "http.request":
            return seen, None
        size += len(message.get("body", b""))
        if size > MOST_BYTES:
            return seen, None
        if not message.get("more_body", False):
            return seen, b"".join(part.get("body", b"") for part in seen)


def _again(seen: list[Message], receive: Receive) -> Receive:
    """Give the long way what was read already, then what is still to come."""
    waiting = iter(seen)

    async def replay() -> Message:
        return next(waiting, None) or await receive()

    return replay


async def _send(send: Send, answer: bytes) -> None:
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, length]})
    await send({"type": "http.response.body", "body": answer})
