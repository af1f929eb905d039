"""The shell around every request: security headers, body limits, request ids, one log line."""

import logging
import time
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.clock import Clock
from app.core.ids import random_token
from app.core.settings import Settings
from app.core.turns import begin_request
from app.lobby.package_host import PATH

_log = logging.getLogger("shixue.request")

_KIB = 1024
_DEFAULT_LIMIT = 256 * _KIB
# Pictures from the camera travel as base64 inside JSON.
_LARGE = (
    # Below an address that takes a file, and no file itself.
    ("/confirmation", _DEFAULT_LIMIT),
    ("/frames", 6 * _KIB * _KIB), ("/challenges/", 6 * _KIB * _KIB), ("/checks/", 6 * _KIB * _KIB),
    ("/beats", 64 * _KIB),
    # One more than is read, so that it is the check that says what is wrong with a large file.
    ("/verification/batch", 24 * _KIB * _KIB + 64 * _KIB),
    # With what a form writes around each of its files.
    ("/verify/batch", 24 * _KIB * _KIB + 256 * _KIB),
    # The largest piece that a setting allows (AuthoringSettings); texts and captions of a lesson.
    ("/authoring/uploads/", 16 * _KIB * _KIB + 64 * _KIB),
    ("/materials", 20 * _KIB * _KIB + 64 * _KIB),
    ("/authoring/lessons/", 2 * _KIB * _KIB), ("/authoring/texts", 2 * _KIB * _KIB),
    ("/file-trials", 8 * _KIB * _KIB + 64 * _KIB), ("/file-imports", 8 * _KIB * _KIB + 64 * _KIB),
    # A licence as base64 inside JSON, with room for what is refused in words.
    ("/org/imports", 16 * _KIB * _KIB + 64 * _KIB),
    ("/org/qualifications", 6 * _KIB * _KIB), ("/org/stated-certificates", 6 * _KIB * _KIB),
    ("/me/organisations", 6 * _KIB * _KIB),
    ("/verification/files", 4 * _KIB * _KIB + 64 * _KIB),
)  # fmt: skip
_SHARED = ("/s/", "/api/v1/verification/shares")
_CAMERA = ("/signup/face", "/learn/", "/exam/", "/verify")


def body_limit(path: str) -> int:
    """Most bytes that a request to `path` may carry."""
    return next((limit for part, limit in _LARGE if part in path), _DEFAULT_LIMIT)


class BodyTooLargeError(HTTPException):
    """The body grew past its limit while it was read.

    An HTTP error of the framework and not one of ours: it is raised inside the framework's own
    reading of the body, which turns every other error into "400 cannot be parsed".
    """

    def __init__(self, limit: int) -> None:
        size = f"{limit // (_KIB * _KIB)} MB" if limit >= _KIB * _KIB else f"{limit // _KIB} KB"
        super().__init__(413, f"内容超过 {size} 的上限。")


def _security_headers(settings: Settings, path: str, nonce: str) -> dict[str, str]:
    camera = "(self)" if path.startswith(_CAMERA) else "()"
    frames = f"frame-src 'self' {settings.package_origin}; " if settings.package_origin else ""
    policy = (
        f"default-src 'self'; {frames}img-src 'self' data: blob:; media-src 'self' blob:; "
        f"style-src 'self' 'nonce-{nonce}'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        # The address of a shared page is what opens it: it goes along with nothing.
        "referrer-policy": "no-referrer" if path.startswith(_SHARED) else "same-origin",
        "permissions-policy": f"camera={camera}, microphone=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
        "x-frame-options": "DENY",
    }
    if path.startswith(PATH):
        # A package's own frames stand in a page of no origin, which no rule about frames can name.
        # Only who was given the signed address has the page, and it tells nothing to others.
        del headers["x-frame-options"]
    if path.startswith(_SHARED):
        headers["x-robots-tag"] = "noindex, nofollow, noarchive"
    if settings.is_https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return headers


class ShellMiddleware:
    """Outermost: what every answer carries, whoever makes it."""

    def __init__(self, app: ASGIApp, settings: Settings, clock: Clock) -> None:
        self._app = app
        self._settings = settings
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin_request()
        started = time.perf_counter()
        path: str = scope["path"]
        state = scope.setdefault("state", {})
        state["request_id"], state["nonce"] = random_token(64), random_token(128)
        # An answer counts by its first byte, however long the rest takes.
        state["arrived_at"] = self._clock.now()
        limit = body_limit(path)

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in _security_headers(self._settings, path, state["nonce"]).items():
                    out.setdefault(name, value)
                if not path.startswith("/static/"):
                    out.setdefault("cache-control", "no-store")
                out["x-request-id"] = state["request_id"]
                state["status"] = message["status"]
            await send(message)

        try:
            await self._app(scope, _bounded(receive, limit), send_dressed)
        finally:
            route = getattr(scope.get("route"), "path", "(no route)")
            _log.info(
                "request",
                extra={
                    "method": scope["method"], "route": route, "status": state.get("status"),
                    "ms": round((time.perf_counter() - started) * 1000),
                    "request_id": state["request_id"],
                },
            )  # fmt: skip


def _bounded(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    """Count a body while it arrives: a missing or lying Content-Length changes nothing."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLargeError(limit)
        return message

    return bounded
