"""The switches' page of the system administrators."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.lobby.deps import PartsDep, ReadDb, SystemAdmin
from app.oversight.services import switches
from app.oversight.services.switches import SwitchView
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SwitchesPage:
    switches: tuple[SwitchView, ...]
    account_id: str


@router.get("/system/switches")
def list_switches(
    request: Request, actor: SystemAdmin, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """What is stopped, by whom and why; stopping, and letting go on."""
    page = SwitchesPage(switches.list_switches(db, parts.vault), actor.account_id)
    return render(request, "administration/switches.html", page)
