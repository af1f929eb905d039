"""Pages about organisations themselves: applying to be one, and who acts for one."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.listing import Asked, Piece, WholeOrder, piece_of_whole
from app.lobby.deps import Agent, CurrentActor, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.sought import SearchText
from app.org.providers.reference import Places, read_places
from app.org.rules.applications import MOST_LICENCE_BYTES, ApplicationState
from app.org.rules.duties import Duty, Power, may
from app.org.rules.organisations import StaffState
from app.org.services import applications, members, staff_views
from app.org.services.applications import ApplicationView
from app.org.services.members import MembersView, MemberView
from app.org.services.organisations import duty_in
from app.org.services.staff_views import StaffView
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ApplyPage:
    """`last` is what was applied for before, `most_bytes` what a licence may take."""

    places: Places
    last: ApplicationView | None
    is_waiting: bool
    is_verified: bool
    most_bytes: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """`shown` are those of `found` that `who` asks for.

    `may_name`: the caller decides who acts for the organisation; `free`, by `query`, are those to
    ask.
    """

    found: MembersView
    shown: Piece[MemberView]
    links: ListLinks
    who: str
    may_name: bool
    free: tuple[StaffView, ...]
    query: str
    joined: StaffState = StaffState.JOINED
    owner: Duty = Duty.OWNER


_MEMBERS_BY = {"name": "姓名", "duty": "职责", "came": "担任先后"}


@router.get("/organisations/apply")
def apply(request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep) -> HTMLResponse:
    """Apply to be an organisation here, or see how the application stands."""
    last = next(iter(applications.list_own(db, actor.learner_id)), None)
    page = ApplyPage(
        read_places(parts.settings.reference_dir), last,
        is_waiting=last is not None and last.state is ApplicationState.OPEN,
        is_verified=actor.is_verified, most_bytes=MOST_LICENCE_BYTES,
    )  # fmt: skip
    return render(request, "worker/apply.html", page)


def _members(found: MembersView, who: str, asked: Asked) -> Piece[MemberView]:
    """Those whose name or duty holds a text, who came first before the others."""
    turn = {each.person_id: number for number, each in enumerate(found.members)}
    order: WholeOrder[MemberView] = WholeOrder(
        keys={
            "came": lambda member: turn[member.person_id], "name": lambda member: member.name,
            "duty": lambda member: member.duty_name,
        },
        last=lambda member: member.person_id,
        own="came",
    )  # fmt: skip
    sought = [each for each in found.members if who in each.name or who in each.duty_name]
    return piece_of_whole(sought, order, asked)


@router.get("/employer/members")
def show_members(
    *, request: Request, actor: Agent, db: ReadDb, parts: PartsDep, asked: AskedList,
    who: SearchText = "", q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """Who acts for the organisation; an owner asks others from the roster."""
    found = members.list_members(db, parts.vault, actor)
    shown = _members(found, who.strip(), asked)
    links = list_links("/employer/members", shown, _MEMBERS_BY, who=who.strip(), q=q)
    may_name = may(duty_in(actor, found.organisation.org_id), Power.NAME_MEMBERS)
    free: tuple[StaffView, ...] = ()
    if may_name and q.strip():
        free = staff_views.list_staff(
            db, parts.vault, actor, query=q, state=StaffState.JOINED
        ).items
    page = MembersPage(found, shown, links, who.strip(), may_name, free, q)
    return render(request, "employer/members.html", page)
