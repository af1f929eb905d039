"""An employer's reminders: who needs a word and why, whom it would reach, and what was sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Actor, Role
from app.lobby.deps import Now, PartsDep, ReadDb, require_roles
from app.org.rules.attention import PRESSING_NAMES, REASON_NAMES, Pressing, Reason
from app.org.services import attention
from app.org.services.attention import Pressed, Sought
from app.org.services.paging import Page, cut
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
Agent = Annotated[Actor, Depends(require_roles(Role.EMPLOYER, Role.INSTITUTION))]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Words = Annotated[str, Query(max_length=60)]
SORTS = {"due": "截止日期", "idle": "没学的天数", "name": "姓名"}


@dataclass(frozen=True, slots=True)
class Tab:
    code: str
    name: str
    count: int
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PressingPage:
    tabs: tuple[Tab, ...]
    reasons: tuple[tuple[str, str], ...]
    sorts: tuple[tuple[str, str], ...]
    here: str
    reason: str
    query: str
    sort: str
    found: Page[Pressed]
    pager: Pager


@router.get("/reminders")
def pressing(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    pressing: Annotated[Pressing, Query(alias="list")] = Pressing.OVERDUE,
    reason: Annotated[str, Query(pattern="^[a-z_]{0,20}$")] = "",
    q: Words = "",
    sort: Annotated[str, Query(pattern="^(due|idle|name)$")] = "due",
    page: PageNumber = 1,
) -> HTMLResponse:
    """Who is late, nearly late or stuck, and why; from here people are reminded."""
    everybody = attention.to_remind(db, parts.vault, actor, now=now)
    wanted = Reason(reason) if reason in set(Reason) else None
    found = attention.sought(everybody, Sought(pressing, wanted, q, sort))
    shown = cut(found, page)
    asked = {"list": pressing.value, "reason": reason, "q": q, "sort": sort}
    view = PressingPage(
        tabs=tuple(
            Tab(each.value, name, sum(one.pressing is each for one in everybody), each is pressing)
            for each, name in PRESSING_NAMES.items()
        ),
        reasons=(("", "不限"), *((each.value, name) for each, name in REASON_NAMES.items())),
        sorts=tuple(SORTS.items()), here=pressing.value, reason=reason, query=q, sort=sort,
        found=shown, pager=pager("/employer/reminders", shown.page, shown.pages, **asked),
    )  # fmt: skip
    return render(request, "employer/reminders.html", view)
