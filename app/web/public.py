"""Pages that anybody may read: the front page, sign-in, the outbox of simulated messages."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import NotFoundError
from app.identity.services import signin
from app.learning.services import catalogue
from app.lobby.deps import PartsDep, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CourseCard:
    title: str
    summary: str
    required_ms: int
    hour_s: int
    lesson_count: int


@dataclass(frozen=True, slots=True)
class FrontPage:
    courses: tuple[CourseCard, ...]


@dataclass(frozen=True, slots=True)
class SignInPage:
    wanted: str
    shows_outbox: bool


@dataclass(frozen=True, slots=True)
class MessageLine:
    phone: str
    text: str
    sent_at: dt.datetime


@dataclass(frozen=True, slots=True)
class OutboxPage:
    messages: tuple[MessageLine, ...]


@router.get("/")
def front(request: Request, db: ReadDb) -> HTMLResponse:
    """Say what this is, and what can be learnt."""
    found, _total = catalogue.list_courses(db, query="", cluster_code=None, page=1)
    cards = tuple(
        CourseCard(view.title, view.summary, view.required_ms, view.hour_s, len(view.lessons))
        for view in found
    )
    return render(request, "public/front.html", FrontPage(cards))


@router.get("/sign-in")
def sign_in(
    request: Request,
    parts: PartsDep,
    wanted: Annotated[str, Query(alias="next", max_length=200)] = "",
) -> HTMLResponse:
    """Sign in with a phone and a code."""
    shows_outbox = parts.settings.sms.kind == "simulated"
    return render(request, "public/sign_in.html", SignInPage(wanted, shows_outbox))


@router.get("/outbox")
def outbox(request: Request, parts: PartsDep, db: ReadDb) -> HTMLResponse:
    """Show the simulated text messages; where SMS is real there is no such page."""
    if parts.settings.sms.kind != "simulated":
        raise NotFoundError("这个地址不存在。", remedy="请从首页重新进入")
    lines = tuple(
        MessageLine(view.phone, view.text, view.sent_at)
        for view in signin.messages(db, parts.vault)
    )
    return render(request, "embedded/outbox.html", OutboxPage(lines))
