"""A request's dependencies: database, moment, caller. Routes name them by type alone.

What never waits is `async`: each plain function costs a request a trip to another thread.
"""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool
from sqlalchemy.orm import Session

from app.core.errors import ForbiddenError, NotSignedInError, UnavailableError
from app.identity.rules.actors import Actor, Role
from app.identity.rules.device_labels import label_of
from app.learning.services.media_notes import MediaNotes
from app.lobby import former
from app.lobby.addresses import client_address
from app.lobby.parts import Parts
from app.lobby.places import a_place


async def get_parts(request: Request) -> Parts:
    parts: Parts = request.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(get_parts)]


async def get_notes(request: Request) -> MediaNotes:
    notes: MediaNotes = request.state.notes
    return notes


NotesDep = Annotated[MediaNotes, Depends(get_notes)]


async def get_db(parts: PartsDep) -> AsyncIterator[Session]:
    async with (
        a_place(is_writing=True),
        contextmanager_in_threadpool(parts.database.transaction()) as db,
    ):
        yield db


async def get_read_db(parts: PartsDep) -> AsyncIterator[Session]:
    async with (
        a_place(is_writing=False),
        contextmanager_in_threadpool(parts.database.reading()) as db,
    ):
        yield db


async def get_now(parts: PartsDep) -> dt.datetime:
    return parts.clock.now()


async def whoever_calls(request: Request) -> Actor | None:
    if getattr(request.state, "acts_for_another", False):
        raise ForbiddenError(
            "这一页是替另一家单位打开的，没有提交。", code="acting_changed",
            remedy="请先复制已填的内容，再换回那家单位，或者刷新页面",
        )  # fmt: skip
    unknown: UnavailableError | None = getattr(request.state, "actor_unknown", None)
    if unknown is not None:
        raise unknown
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor


_Caller = Annotated[Actor | None, Depends(whoever_calls)]


async def maybe_actor(actor: _Caller) -> Actor | None:
    """Who asks for what is their own; nobody, where a company vouched for them."""
    return None if actor is not None and actor.company_org_id else actor


MaybeActor = Annotated[Actor | None, Depends(maybe_actor)]


async def desk_actor(actor: _Caller) -> Actor:
    if actor is None:
        raise NotSignedInError("请先登录。", remedy="用手机号登录后再试")
    return actor


DeskActor = Annotated[Actor, Depends(desk_actor)]
"""Who may have come in by a company's account: for the organisation's desk, and the way to it."""


async def current_actor(actor: DeskActor) -> Actor:
    """The caller as the person they are: a company vouches for no more than its own desk."""
    if actor.company_org_id:
        raise ForbiddenError(
            "用公司账号登录，只能办本单位的事。", code="company_sign_in",
            remedy="自己的学习、证书和账号，请退出后用手机号登录再办",
        )  # fmt: skip
    return actor


async def device_id(request: Request) -> str:
    found: str = request.state.device_id
    return found


async def device_label(request: Request) -> str:
    return label_of(request.headers.get("user-agent", ""))


async def is_inside_wecom(request: Request) -> bool:
    """Tell whether the browser is the one inside 企业微信."""
    return "wxwork" in request.headers.get("user-agent", "").lower()


async def own_hosts(request: Request, parts: PartsDep) -> frozenset[str]:
    """The hosts of our addresses, of today and before, and the one where we were reached now.

    Whoever reached us by another name than those we know has that name in what they hold.
    """
    return former.hosts(parts.settings, request.headers.get("host", ""))


async def caller_address(request: Request, parts: PartsDep) -> str:
    """The caller's network, for limits by address."""
    return client_address(
        request.client.host if request.client else "",
        request.headers.getlist("x-forwarded-for"),
        trusted_proxies=parts.settings.trusted_proxies,
    )


async def arrived_at(request: Request) -> dt.datetime:
    found: dt.datetime = request.state.arrived_at
    return found


# The commit happens before the answer leaves ("function" scope): with the default scope a
# failed commit would still be answered with 200.
Db = Annotated[Session, Depends(get_db, scope="function")]
ReadDb = Annotated[Session, Depends(get_read_db, scope="function")]
Now = Annotated[dt.datetime, Depends(get_now)]
ArrivedAt = Annotated[dt.datetime, Depends(arrived_at)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
OwnHosts = Annotated[frozenset[str], Depends(own_hosts)]
CallerAddress = Annotated[str, Depends(caller_address)]
DeviceId = Annotated[str, Depends(device_id)]
InsideWecom = Annotated[bool, Depends(is_inside_wecom)]
DeviceLabel = Annotated[str, Depends(device_label)]


def require_roles(*roles: Role) -> Callable[[Actor], Awaitable[Actor]]:
    """Build a dependency that lets only people with one of these roles in.

    A role counts only while the sign-in's second factor does, and for somebody with a proven name.
    """

    async def check(actor: DeskActor) -> Actor:
        is_held_back = bool(actor.roles_held_back.intersection(roles))
        if is_held_back and not actor.is_verified:
            raise ForbiddenError(
                "这项工作要先完成实名认证。", code="not_verified", remedy="请先填写姓名和证件号"
            )
        if is_held_back:
            raise ForbiddenError(
                "这项工作要先完成二次验证。", code="second_factor", remedy="请打开二次验证页面"
            )
        is_held = bool(actor.roles.intersection(roles))
        if not is_held and actor.roles_elsewhere.intersection(roles):
            raise ForbiddenError(
                "您代表多个单位，请先选定现在替哪一家办事。", code="choose_organisation",
                remedy="请在“切换单位”里选一家",
            )  # fmt: skip
        if not is_held:
            raise ForbiddenError("您的账号没有这项权限。", remedy="请换用有权限的账号登录")
        return actor

    return check


Agent = Annotated[Actor, Depends(require_roles(Role.EMPLOYER, Role.INSTITUTION))]
"""Who acts for an organisation; what they may do there their duties say."""
School = Annotated[Actor, Depends(require_roles(Role.INSTITUTION))]
Reviewer = Annotated[Actor, Depends(require_roles(Role.REVIEWER))]
SystemAdmin = Annotated[Actor, Depends(require_roles(Role.ADMIN))]
SecurityAdmin = Annotated[Actor, Depends(require_roles(Role.SECURITY_ADMIN))]
AuditAdmin = Annotated[Actor, Depends(require_roles(Role.AUDIT_ADMIN))]
Marker = Annotated[Actor, Depends(require_roles(Role.INSTITUTION, Role.REVIEWER))]
