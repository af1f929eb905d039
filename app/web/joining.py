"""Pages of joining with a code: an employer's list of codes, and a person's way in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.errors import AppError, InvalidError, TooManyRequestsError
from app.core.listing import Piece
from app.identity.providers.squares import qr_svg
from app.lobby import limits
from app.lobby.deps import Agent, CallerAddress, CurrentActor, Now, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.sought import SearchText
from app.org.rules.join_codes import MOST_DAYS, MOST_USES
from app.org.services import join_codes
from app.org.services.join_codes import CodeView, Invitation
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


_SORTS = {"-made": "新做的", "ends": "先到期", "unit": "部门", "-uses": "用得多"}


@dataclass(frozen=True, slots=True)
class CodesPage:
    """`squares` are the good codes' pictures by id, `address` where a person types one."""

    found: Piece[CodeView]
    links: ListLinks
    query: str
    squares: dict[str, str]
    address: str
    most_days: int
    most_uses: int


@dataclass(frozen=True, slots=True)
class JoinPage:
    code: str
    found: Invitation | None
    trouble: str
    is_verified: bool


@router.get("/employer/join-codes")
def list_codes(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:
    """The organisation's codes, each with a picture for a wall."""
    found = join_codes.list_codes(db, parts.vault, actor, asked, query=q, now=now)
    address = f"{parts.settings.public_url}/join"
    squares = {
        each.code_id: qr_svg(f"{address}?code={each.code}") for each in found.items if each.is_good
    }
    links = list_links("/employer/join-codes", found, _SORTS, q=q.strip())
    view = CodesPage(found, links, q, squares, address, MOST_DAYS, MOST_USES)
    return render(request, "employer/join_codes.html", view)


@router.get("/join")
def join(
    *,
    request: Request,
    actor: CurrentActor,
    parts: PartsDep,
    address: CallerAddress,
    now: Now,
    code: Annotated[str, Query(max_length=30)] = "",
) -> HTMLResponse:
    """Join an organisation: type its code, see whose it is, say yes."""
    found, trouble = None, ""
    if code.strip():
        try:
            limits.before_join_code(parts, actor=actor, address=address, now=now)
            with parts.database.reading() as db:
                found = join_codes.look_up(db, parts.vault, actor, code, now=now)
        except (InvalidError, TooManyRequestsError) as refused:
            trouble = _said(refused)
    page = JoinPage(code.strip(), found, trouble, actor.is_verified)
    return render(request, "worker/join.html", page)


def _said(refused: AppError) -> str:
    return f"{refused.message}{refused.remedy}。" if refused.remedy else refused.message
