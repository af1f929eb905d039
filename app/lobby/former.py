"""Addresses from before: which of ours a call means, and the way on to the one of today."""

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.certs.rules import scan
from app.core.settings import Settings

# What software fetches by an address that is signed, or asks as part of a page: answered in place.
_STAYS = ("/.well-known/", "/status/", "/log", "/api/", "/static/", "/healthz")


def meant(settings: Settings, host: str) -> str:
    """The address of ours that has this host; that of today where none of the former ones has."""
    wanted = host.strip().lower()
    return next(
        (each for each in settings.former_urls if urlsplit(each).netloc.lower() == wanted),
        settings.public_url,
    )


def hosts(settings: Settings, *asked: str) -> frozenset[str]:
    """The hosts of our addresses, of today and before, and `asked`, where we were reached now."""
    ours = scan.hosts_of((settings.public_url, *settings.former_urls))
    return ours | {each.strip().lower() for each in asked}


def others_of(settings: Settings, address: str) -> Sequence[str]:
    """Every address of ours but one, that of today first."""
    return [each for each in (settings.public_url, *settings.former_urls) if each != address]


class FormerAddressMiddleware:
    """Leads whoever opens a page at an address from before to the same page at that of today.

    The path is kept, and what stands behind a # stays in the browser: a printed code works on.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._is_moved(scope):
            await self._app(scope, receive, send)
            return
        query = scope["query_string"].decode("latin-1")
        path = quote(scope["path"], safe="/:@!$&'()*+,;=-._~")
        target = self._settings.public_url + path + (f"?{query}" if query else "")
        await RedirectResponse(target, status_code=308)(scope, receive, send)

    def _is_moved(self, scope: Scope) -> bool:
        if not self._settings.former_urls or scope["method"] not in {"GET", "HEAD"}:
            return False
        address = meant(self._settings, Headers(scope=scope).get("host", ""))
        return address != self._settings.public_url and not scope["path"].startswith(_STAYS)
