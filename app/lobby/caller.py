"""Who calls: reads the cookies, renews what has run out, and guards against forgery."""

from typing import Any

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.crypto import same
from app.core.errors import ForbiddenError, UnavailableError
from app.identity.rules.actors import Actor
from app.identity.services import tokens as sign_in_tokens
from app.lobby import cookies
from app.lobby.parts import Parts
from app.org.services import organisations

ACTING = "x-acting-for"
"""What a desk's page sends along: the organisation that it was opened for."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# These know their caller by other means (a signed address, a session's key), or need none.
_OUTSIDE = (
    "/static/", "/media/", "/packages/", "/log/", "/status/", "/.well-known/", "/healthz",
    "/readyz", "/verify/app.webmanifest", "/verify/icon-",
)  # fmt: skip


_FOR_ALL = "/api/v1/verification/"


def _is_guarded(scope: Scope, jar: dict[str, str]) -> bool:
    """Tell whether a call has to show that it comes from our own pages.

    Whoever verifies signs in nowhere: a device's cookie, which our first answer gave them, speaks
    for nobody, and no other site's form carries it (SameSite=Lax). With a sign-in beside it the
    call counts as a person's, and is guarded like any other.
    """
    if scope["method"] in _SAFE or not jar:
        return False
    is_signed_in = cookies.ACCESS in jar or cookies.REFRESH in jar
    return is_signed_in or not f"{scope['path']}/".startswith(_FOR_ALL)


class CallerMiddleware:
    """Puts `actor`, `device_id` and `csrf_token` into the request's state.

    Where the database is away it puts `actor_unknown` there instead, which whoever asks raises.
    Renewal runs here and not in a dependency: it writes in a transaction of its own, which must
    be over before the request's transaction begins.
    """

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OUTSIDE):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        jar = cookies.read_cookies(headers.get("cookie", ""))
        new_lines: list[str] = []
        state: dict[str, Any] = scope.setdefault("state", {})
        state["device_id"] = self._device(jar, new_lines)
        state["csrf_token"] = cookies.csrf_token(self._parts.keys, state["device_id"])
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            state["actor"] = await self._find_actor(bearer, jar, state["device_id"], new_lines)
            await self._note_acting(scope, headers, state)
        except UnavailableError as error:
            state["actor_unknown"] = error
        if not bearer and _is_guarded(scope, jar):
            state["forged"] = not same(headers.get("x-csrf-token", ""), state["csrf_token"])

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for line in new_lines:
                    out.append("set-cookie", line)
            await send(message)

        await self._app(scope, receive, send_with_cookies)

    async def _find_actor(
        self, bearer: str, jar: dict[str, str], device_id: str, new_lines: list[str]
    ) -> Actor | None:
        if bearer:
            return await run_sync(self._actor_of, bearer)
        if cookies.ACCESS in jar or cookies.REFRESH in jar:
            return await run_sync(self._signed_in, jar, device_id, new_lines)
        return None

    async def _note_acting(self, scope: Scope, headers: Headers, state: dict[str, Any]) -> None:
        """Puts `acts_for_another` where the page was opened for another organisation than now.

        Who has several is shown which one this is: its name is `acting_name`, empty for none yet.
        """
        actor: Actor | None = state["actor"]
        query = QueryParams(scope["query_string"])
        opened_for = headers.get(ACTING) or query.get("acting_for", "")
        if actor is None:
            return
        state["acts_for_another"] = bool(opened_for) and opened_for not in actor.org_ids
        if len(actor.held_org_ids) > 1:
            state["acting_name"] = await run_sync(self._name_of, actor.org_ids)

    def _name_of(self, org_ids: tuple[str, ...]) -> str:
        with self._parts.database.reading() as db:
            return "".join(each.name for each in organisations.named(db, org_ids))

    def _device(self, jar: dict[str, str], new_lines: list[str]) -> str:
        known = cookies.read_device(self._parts.keys, jar.get(cookies.DEVICE, ""))
        if known is not None:
            return known
        device_id, value = cookies.new_device(self._parts.keys, self._parts.clock.now())
        secure = self._parts.settings.is_https
        line = cookies.cookie_line(cookies.DEVICE, value, max_age=cookies.DEVICE_S, secure=secure)
        new_lines.append(line)
        return device_id

    def _actor_of(self, access: str) -> Actor | None:
        with self._parts.database.reading() as db:
            now = self._parts.clock.now()
            return sign_in_tokens.actor_of(db, self._parts.keys, access, now=now)

    def _signed_in(self, jar: dict[str, str], device_id: str, new_lines: list[str]) -> Actor | None:
        if (actor := self._actor_of(jar.get(cookies.ACCESS, ""))) is not None:
            return actor
        if cookies.REFRESH not in jar:
            return None
        parts = self._parts
        with parts.database.transaction() as db:
            renewed = sign_in_tokens.renew(
                db, parts.keys, parts.settings.sign_in, jar[cookies.REFRESH],
                device_id=device_id, now=parts.clock.now(),
            )  # fmt: skip
        if renewed is None:
            return None
        new_lines.extend(cookies.sign_in_lines(renewed, parts.settings))
        return self._actor_of(renewed.access)


def refuse_forged(state: dict[str, Any]) -> None:
    """Refuse a call that carries our cookies but not the token of our own pages."""
    if state.get("forged"):
        raise ForbiddenError(
            "页面已过期，没有提交。", code="csrf", remedy="请先复制已填的内容，刷新页面后再提交"
        )
