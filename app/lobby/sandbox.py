"""What every answer below /packages carries: a page of a package has no origin and one place.

Where packages have no host of their own, `sandbox` without `allow-same-origin` gives each page an
origin that nothing else has: no cookies, no storage, nothing of the platform that it could read.
The policy names the package's own address as all that it may load or call.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.settings import Settings

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_ALLOWED = "allow-scripts allow-forms allow-modals"
_OWN_ORIGIN = " allow-same-origin"


def frame_rights(settings: Settings) -> str:
    """The `sandbox` of the frame in which the player opens a package."""
    return _ALLOWED + (_OWN_ORIGIN if settings.package_origin else "")


def policy_of(settings: Settings, host: str, token: str) -> str:
    """The content policy of a page under one signed address."""
    own = f"{host}/packages/{token}/"
    return (
        f"sandbox {frame_rights(settings)}; default-src {own} 'unsafe-inline' 'unsafe-eval' "
        f"data: blob:; connect-src {own} data: blob:; frame-src {own}; worker-src blob:; "
        f"form-action 'none'; base-uri {own}; object-src 'none'"
    )


class SandboxMiddleware:
    """Innermost of the packages' doorway: answers of every kind, errors too, are dressed so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        settings: Settings = scope["state"]["parts"].settings
        host = Headers(scope=scope).get("host", "")
        if not _HOST.fullmatch(host):
            await PlainTextResponse("400", status_code=400)(scope, receive, send)
            return
        token = _token(scope)

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out["content-security-policy"] = policy_of(settings, host, token)
                out["access-control-allow-origin"] = "*"
                out["cross-origin-resource-policy"] = "cross-origin"
                out["referrer-policy"] = "no-referrer"
                out["x-robots-tag"] = "noindex, nofollow, noarchive"
                del out["set-cookie"]
            await send(message)

        await self._app(scope, receive, send_dressed)


def _token(scope: Scope) -> str:
    """The first step below /packages, if it is made of what addresses are made of."""
    steps = scope["path"].removeprefix("/packages").split("/")
    found = steps[1] if len(steps) > 1 else ""
    return found if re.fullmatch(r"[A-Za-z0-9._-]{1,200}", found) else "none"
