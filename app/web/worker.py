"""A worker's own pages: proving the name, the messages."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.identity.services import inbox
from app.identity.services.inbox import NoticeView
from app.lobby.deps import CurrentActor, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class IdentityPage:
    display_name: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    notices: tuple[NoticeView, ...]
    is_verified: bool
    display_name: str


@router.get("/signup/identity")
def identity(request: Request, actor: CurrentActor) -> Response:
    """Ask for the document and the name, once."""
    if actor.is_verified:
        return RedirectResponse("/inbox", status_code=303)
    return render(request, "signup/identity.html", IdentityPage(actor.display_name))


@router.get("/inbox")
def read_inbox(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """List what the person was told."""
    notices = tuple(inbox.list_notices(db, actor.learner_id))
    page = InboxPage(notices, actor.is_verified, actor.display_name)
    return render(request, "worker/inbox.html", page)
