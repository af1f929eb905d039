"""Choosing the organisation to act for, where somebody holds duties in several."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Role
from app.lobby.deps import CurrentActor, ReadDb
from app.org.services import members
from app.org.services.members import OwnOffice
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ActingPage:
    """`now` is the organisation that the person acts for, empty before they have chosen.

    `waits` says that the second factor comes first.
    """

    held: tuple[OwnOffice, ...]
    now: str
    waits: bool


@router.get("/acting")
def choose(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """Each organisation with what the person is there."""
    held = tuple(each for each in members.own_offices(db, actor) if not each.is_offer)
    waits = bool(actor.roles_held_back & {Role.EMPLOYER, Role.INSTITUTION})
    page = ActingPage(held, "".join(actor.org_ids), waits)
    return render(request, "worker/acting.html", page)
