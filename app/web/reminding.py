"""An employer's reminders: who needs a word and why, whom it would reach, and what was sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.listing import Piece
from app.identity.rules.outgoing import MESSAGE_STATE_NAMES, WAY_NAMES, Way
from app.identity.services import mail_addresses
from app.identity.services.mail_addresses import MailView
from app.lobby.deps import Agent, CurrentActor, Now, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.outgoing import open_ways
from app.lobby.paths import Id
from app.lobby.sought import SearchText
from app.org.rules.attention import PRESSING_NAMES, REASON_NAMES, Pressing, Reason
from app.org.services import pressing_list, reminder_settings, reminding, sent_log
from app.org.services.attention import Pressed, Sought
from app.org.services.paging import Page
from app.org.services.pressing_list import Count
from app.org.services.reminder_settings import SettingView
from app.org.services.reminding import HINDRANCE_NAMES, Choice, Preview
from app.org.services.sent_log import OwnLine, SentLine
from app.web.lists import ListLinks, list_links
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
ListName = Annotated[Pressing, Query(alias="list")]
ReasonName = Annotated[str, Query(pattern="^[a-z_]{0,20}$")]
_Code = Annotated[str, Query(pattern="^[a-z_]{0,20}$")]
_SORTS = {"due": "截止日期", "step": "没学的天数"}


@dataclass(frozen=True, slots=True)
class Tab:
    code: str
    name: str
    count: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """What is about to be sent. `picked` are those who were chosen; none means the whole list."""

    here: str
    name: str
    reason: str
    query: str
    picked: tuple[str, ...]
    found: Preview
    ways: tuple[tuple[str, int], ...]
    hindrances: tuple[tuple[str, int], ...]
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    found: Page[SentLine]
    query: str
    way: str
    state: str
    order: str
    ways: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`has_sms`, `has_mail`: whether this house sends such messages at all."""

    found: SettingView
    has_sms: bool
    has_mail: bool


@dataclass(frozen=True, slots=True)
class OwnPage:
    mail: MailView
    has_mail: bool
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PressingPage:
    tabs: tuple[Tab, ...]
    reasons: tuple[tuple[str, str], ...]
    here: str
    reason: str
    query: str
    found: Piece[Pressed]
    links: ListLinks


@router.get("/employer/reminders")
def pressing(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    pressing: ListName = Pressing.OVERDUE,
    reason: ReasonName = "",
    q: SearchText = "",
) -> HTMLResponse:
    """Who is late, nearly late or stuck, and why; from here people are reminded."""
    wanted = Sought(pressing, _reason(reason), q)
    found = pressing_list.look(db, parts.vault, actor, wanted, asked, now=now)
    kept = {"list": pressing.value, "reason": reason, "q": q.strip()}
    view = PressingPage(
        tabs=tuple(
            Tab(each.value, name, _counted(found.counts[each]), each is pressing)
            for each, name in PRESSING_NAMES.items()
        ),
        reasons=(("", "不限"), *((each.value, name) for each, name in REASON_NAMES.items())),
        here=pressing.value, reason=reason, query=q, found=found.piece,
        links=list_links("/employer/reminders", found.piece, _SORTS, **kept),
    )  # fmt: skip
    return render(request, "employer/reminders.html", view)


def _counted(found: Count) -> str:
    return f"{found.total} 以上" if found.is_more else str(found.total)


def _reason(code: str) -> Reason | None:
    return Reason(code) if code in set(Reason) else None


_SHOWN = 100


@router.get("/employer/reminders/check")
def check(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    pressing: ListName = Pressing.OVERDUE,
    reason: ReasonName = "",
    q: SearchText = "",
    staff_ids: Annotated[list[Id], Query(max_length=500)] = [],  # noqa: B006 -- read alone
) -> HTMLResponse:
    """Who would get a reminder by which way, and who was reminded already; then send it."""
    picked = tuple(staff_ids)
    choice = Choice(Sought(pressing, _reason(reason), q), picked)
    found = reminding.preview(db, parts.vault, actor, choice, open_ways=open_ways(parts), now=now)
    view = CheckPage(
        here=pressing.value, name=PRESSING_NAMES[pressing], reason=reason, query=q, picked=picked,
        found=found, shown=_SHOWN,
        ways=tuple((WAY_NAMES[way], count) for way, count in found.by_way.items()),
        hindrances=tuple((HINDRANCE_NAMES[each], n) for each, n in found.by_hindrance.items()),
    )  # fmt: skip
    return render(request, "employer/reminder_check.html", view)


@router.get("/employer/messages")
def log(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    q: SearchText = "",
    way: _Code = "",
    state: _Code = "",
    order: Annotated[str, Query(pattern="^(newest|oldest)$")] = "newest",
    page: PageNumber = 1,
) -> HTMLResponse:
    """What was sent: to whom, by what way, why, when, and what came of it."""
    wanted = sent_log.Wanted(q, way, state, order, page)
    found = sent_log.of_organisation(db, parts.vault, actor, wanted)
    asked = {"q": q, "way": way, "state": state, "order": order}
    view = LogPage(
        found=found, query=q, way=way, state=state, order=order,
        ways=(("", "不限"), *((each.value, name) for each, name in WAY_NAMES.items())),
        states=(("", "不限"), *((each.value, name) for each, name in MESSAGE_STATE_NAMES.items())),
        pager=pager("/employer/messages", found.page, found.pages, **asked),
    )  # fmt: skip
    return render(request, "employer/messages.html", view)


@router.get("/employer/reminders/settings")
def settings(request: Request, actor: Agent, db: ReadDb, parts: PartsDep) -> HTMLResponse:
    """By which ways people are reminded, the weekly digest, and the group's robot."""
    ways = open_ways(parts)
    found = reminder_settings.view(db, parts.vault, actor)
    page = SettingsPage(found, Way.SMS in ways, Way.MAIL in ways)
    return render(request, "employer/reminder_settings.html", page)


@router.get("/me/messages")
def own(request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep) -> HTMLResponse:
    """What a person takes beside the inbox, their mail address, and what was sent to them."""
    page = OwnPage(
        mail_addresses.view(db, parts.vault, actor.account_id), parts.mail is not None,
        tuple(sent_log.own(db, actor.learner_id)),
    )  # fmt: skip
    return render(request, "worker/messages.html", page)
