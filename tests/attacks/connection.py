"""A client of the app in this process: one hop to its event loop a request, not seven."""

import httpx
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette


class _OneHop(httpx.BaseTransport):
    def __init__(self, app: Starlette, portal: BlockingPortal) -> None:
        self._inner, self._portal = httpx.ASGITransport(app), portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._carry, request)

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


class LabClient(httpx.Client):
    """Keeps cookies as a browser does; `app` is what the tests' other clients call it."""

    def __init__(self, app: Starlette, portal: BlockingPortal) -> None:
        super().__init__(transport=_OneHop(app, portal), base_url="http://testserver")
        self.app = app
