"""The picture on one's certificates: agree to it, choose it, take it back."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.identity.services import portraits
from app.identity.services.portraits import PortraitView
from app.lobby.deps import CurrentActor, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PortraitPage:
    view: PortraitView
    text: str
    version: str


@router.get("/me/portrait")
def portrait(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """Show the picture that is kept, or what is agreed to before there is one."""
    view = portraits.view(db, actor.learner_id)
    page = PortraitPage(view, portraits.TEXT, portraits.VERSION)
    return render(request, "worker/portrait.html", page)
