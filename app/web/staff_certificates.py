"""An employer's page of its people's certificates, and which of them end soon."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.flags import Switch, is_on
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.held_query import AskedHeld, query_of
from app.lobby.paths import ID_OR_NONE
from app.org.rules.certificates_held import ENDING_NAMES, SOURCE_NAMES, Ending
from app.org.services import staff_certificates
from app.org.services.staff_certificates import Asked, HeldPage
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
_HERE = "/employer/certificates"


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """`pills`: text, address, whether it is the one that is shown."""

    found: HeldPage
    asked: Asked
    pills: tuple[tuple[str, str, bool], ...]
    sources: tuple[tuple[str, str], ...]
    next_href: str
    first_href: str
    file_query: str
    issuance_stopped: bool


@router.get("/certificates")
def list_certificates(
    *, request: Request, actor: Agent, asked: AskedHeld, db: ReadDb, parts: PartsDep, now: Now,
    after: Annotated[str, Query(pattern=ID_OR_NONE)] = "",
) -> HTMLResponse:  # fmt: skip
    """In the courses that were asked for, and from elsewhere; the nearest last day first."""
    found = staff_certificates.list_held(db, parts.vault, actor, asked, after=after, now=now)

    def href(ending: Ending, behind: str = "") -> str:
        return f"{_HERE}?{query_of(replace(asked, ending=ending), after=behind)}"

    view = CertificatesPage(
        found, asked,
        tuple((name, href(kind), kind is asked.ending) for kind, name in ENDING_NAMES.items()),
        tuple((each.value, name) for each, name in SOURCE_NAMES.items()),
        href(asked.ending, found.items[-1].held_id) if found.has_more else "",
        href(asked.ending) if after else "", query_of(asked), is_on(db, Switch.NO_ISSUANCE),
    )  # fmt: skip
    return render(request, "employer/certificates.html", view)
