"""An employer's page of its people's certificates, and which of them end soon."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Actor, Role
from app.lobby.deps import Now, PartsDep, ReadDb, require_roles
from app.org.rules.certificates_held import ENDING_NAMES, Ending
from app.org.services import staff_certificates
from app.org.services.staff_certificates import HeldPage
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)
Agent = Annotated[Actor, Depends(require_roles(Role.EMPLOYER, Role.INSTITUTION))]
_HERE = "/employer/certificates"


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """`pills`: text, address, whether it is the one that is shown."""

    found: HeldPage
    ending: Ending
    unit: str
    text: str
    pills: tuple[tuple[str, str, bool], ...]
    next_href: str
    first_href: str


@router.get("/certificates")
def list_certificates(
    *, request: Request, actor: Agent, db: ReadDb, parts: PartsDep, now: Now,
    ending: Ending = Ending.NEAR,
    unit: Annotated[str, Query(max_length=60)] = "",
    q: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[str, Query(pattern=r"^([0-9A-Z]{26})?$")] = "",
) -> HTMLResponse:  # fmt: skip
    """Certificates in the courses that were asked for, the nearest last day first."""
    found = staff_certificates.list_held(
        db, parts.vault, actor, ending, unit=unit, text=q, after=after, now=now
    )

    def href(kind: Ending, behind: str = "") -> str:
        pairs = {"ending": kind.value, "unit": unit, "q": q, "after": behind}
        return f"{_HERE}?{urlencode({name: value for name, value in pairs.items() if value})}"

    view = CertificatesPage(
        found, ending, unit, q,
        tuple((name, href(kind), kind is ending) for kind, name in ENDING_NAMES.items()),
        href(ending, found.items[-1].share_id) if found.has_more else "",
        href(ending) if after else "",
    )  # fmt: skip
    return render(request, "employer/certificates.html", view)
