"""What others' software may expect of public pages and lists: HEAD, and reading them anywhere.

Web verifiers run in browsers. What they need to check a certificate without us (keys, the log,
proofs) is the same for everybody and needs no cookie, so that a page of any origin may read it.
"""

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TO_ALL = re.compile(
    r"/log/(checkpoint|tile/.+)"
    r"|/api/v1/log(/.+)?"
    r"|/api/v1/verification/((documents/|proofs/|archives/|sm2/)?keys|documents\.pem"
    r"|[A-Za-z0-9_-]{10,40}/proof)"
)
# Files, films and packages answer HEAD by themselves: they know their length without reading, and
# what was only asked for so was not opened and is no proof (R29).
_OWN_HEAD = ("/static/", "/api/v1/media/", "/packages/")


class PublicReadingMiddleware:
    """Answers HEAD as GET without its body, and lets all origins read what is for all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_for_all = _TO_ALL.fullmatch(scope["path"]) is not None
        is_head = scope["method"] == "HEAD" and not scope["path"].startswith(_OWN_HEAD)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and is_for_all:
                MutableHeaders(scope=message)["access-control-allow-origin"] = "*"
            if message["type"] == "http.response.body" and is_head:
                message = {**message, "body": b""}
            await send(message)

        # A scope of its own: the server looks at its own to know that no body follows.
        inner = {**scope, "method": "GET"} if is_head else scope
        try:
            await self._app(inner, receive, send_on)
        finally:
            if is_head and "route" in inner:
                scope["route"] = inner["route"]


def methods_of(routes: Iterable[BaseRoute], path: str) -> str:
    """Every method that one of these routes takes at a path, as an `Allow` names them."""
    found = {
        method
        for route in routes
        if isinstance(route, Route) and route.path_regex.match(path)
        for method in route.methods or ()
    }
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))
