"""A worker's page to record a certificate that somebody else issued."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.certs.providers.type_table import known_types
from app.certs.services import external
from app.certs.services.external import KindView
from app.lobby.deps import CurrentActor, PartsDep
from app.web.rendering import render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ExternalPage:
    """The kinds that can be recorded."""

    kinds: tuple[KindView, ...]


@router.get("/certificates/external")
def record_external(request: Request, _actor: CurrentActor, parts: PartsDep) -> HTMLResponse:
    """Record a certificate of somebody else's as one's own."""
    types = known_types(parts.settings.reference_dir)
    page = ExternalPage(tuple(external.kinds(types)))
    return render(request, "worker/external_certificate.html", page)
