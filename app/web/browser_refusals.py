"""A refused download as a page: a person clicked a link to a file of the API, and not a program."""

import json
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.errors import ErrorPage
from app.web.rendering import render

_PROBLEM = b"application/problem+json"


class BrowserRefusals:
    """Around the API: where a browser goes to an address of it and is refused, `web` says why.

    A program's call, and a script's in a page, get the problem document as it is.
    """

    def __init__(self, api: ASGIApp, web: ASGIApp) -> None:
        self._api, self._web = api, web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_navigation(scope):
            await self._api(scope, receive, send)
            return
        answer = _Answer(send)
        await self._api(scope, receive, answer.hear)
        if answer.problem is not None:
            page = _page_of(json.loads(answer.body), Request({**scope, "app": self._web}))
            _carry(answer.problem, page)
            await page(scope, receive, send)


def _is_navigation(scope: Scope) -> bool:
    """By what browsers say of a click; old ones say only what they would like best."""
    headers = dict(scope["headers"])
    mode = headers.get(b"sec-fetch-mode")
    wanted: bytes = headers.get(b"accept", b"")
    is_click = mode == b"navigate" if mode is not None else wanted.startswith(b"text/html")
    return scope["method"] == "GET" and is_click


class _Answer:
    """Passes on what is no refusal, piece by piece; keeps a refusal."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.problem: Message | None = None
        self.body = b""

    async def hear(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = dict(message["headers"]).get(b"content-type", b"")
            if message["status"] >= 400 and kind.startswith(_PROBLEM):
                self.problem = message
        if self.problem is None:
            await self._send(message)
        else:
            self.body += message.get("body", b"")


def _page_of(problem: dict[str, Any], request: Request) -> Response:
    status = problem["status"]
    # Back to the page with the link, not to the file: there somebody can click again.
    wanted = quote(_came_from(request), safe="/")
    if status == 401:
        return RedirectResponse(f"/sign-in?next={wanted}", status_code=303)
    if problem.get("code") == "second_factor":
        return RedirectResponse(f"/second-factor?next={wanted}", status_code=303)
    page = ErrorPage(status, problem["title"], problem["detail"], problem.get("remedy") or "")
    return render(request, "error.html", page, status)


def _came_from(request: Request) -> str:
    """The page of ours that the link stood on; home where it was another's, or none is named.

    A browser names it as it likes, and a program may name anything.
    """
    try:
        page = urlsplit(request.headers.get("referer", ""))
        is_ours = page.netloc != "" and page.netloc == request.url.netloc
    except ValueError:
        return "/home"
    return page.path if is_ours and page.path else "/home"


def _carry(problem: Message, page: Response) -> None:
    """What the API said beside its words: when to come again, cookies."""
    kept = MutableHeaders(raw=list(problem["headers"]))
    for name in ("retry-after", "set-cookie", "cache-control"):
        for value in kept.getlist(name):
            page.headers.append(name, value)
