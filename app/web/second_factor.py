"""The page of the second factor: passing it, setting it up, and what to do when it is lost."""

import ipaddress
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.identity.rules.second_factors import needing
from app.identity.services import second_factors
from app.identity.services.second_factors import FactorsView
from app.lobby.deps import DeskActor, PartsDep, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorPage:
    """`wanted` is the page that the person was on the way to, empty for none.

    `can_have_keys`: browsers make keys for a host's name alone, never for a bare address.
    `is_company`: by a company's account nothing of the person's own is changed.
    """

    factors: FactorsView
    is_passed: bool
    wanted: str
    can_have_keys: bool
    is_company: bool


@router.get("/second-factor")
def second_factor(
    request: Request,
    actor: DeskActor,
    db: ReadDb,
    parts: PartsDep,
    wanted: Annotated[str, Query(alias="next", max_length=200)] = "",
) -> Response:
    """Pass the second factor, or set one up; a mere learner has no use for it."""
    if not needing(actor.every_role):
        return RedirectResponse("/home", status_code=303)
    page = SecondFactorPage(
        factors=second_factors.view(db, actor.account_id), is_passed=actor.has_second_factor,
        wanted=wanted, can_have_keys=_is_named(parts.settings.public_url),
        is_company=bool(actor.company_org_id),
    )  # fmt: skip
    return render(request, "signup/second_factor.html", page)


def _is_named(address: str) -> bool:
    try:
        ipaddress.ip_address(urlsplit(address).hostname or "")
    except ValueError:
        return True
    return False
