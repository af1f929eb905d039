"""The switches' page of the system administrators."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Actor, Role
from app.lobby.deps import PartsDep, ReadDb, require_roles
from app.oversight.services import switches
from app.oversight.services.switches import SwitchView
from app.web.rendering import render

router = APIRouter(include_in_schema=False)
SystemAdmin = Annotated[Actor, Depends(require_roles(Role.ADMIN))]


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
