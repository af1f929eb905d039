"""The host of its own on which packages may run: it has nothing else, and no other host has them.

Decision 0021: what runs there reaches neither cookies nor pages of the platform.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.settings import Settings

PATH = "/packages/"
_ALIVE = "/healthz"


class PackageHostMiddleware:
    """Keeps packages and the platform on their own hosts, where a host for packages is set."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._host = urlsplit(settings.package_origin).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._host and scope["path"] != _ALIVE:
            host = Headers(scope=scope).get("host", "").strip().lower()
            if (host == self._host) is not scope["path"].startswith(PATH):
                await PlainTextResponse("404", status_code=404)(scope, receive, send)
                return
        await self._app(scope, receive, send)
