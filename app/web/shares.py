"""Links to one certificate: the holder's list of them, and the page that stands behind one."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from app.certs.rules.shares import DAYS, last_day
from app.certs.services import shares, verification, wallet
from app.certs.services.holder_codes import IN_FORCE
from app.certs.services.shares import ShareView
from app.certs.services.wallet import CertificateView
from app.lobby.deps import CurrentActor, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.web.rendering import render
from app.web.verifying import VerdictPage, verdict_page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SharesPage:
    """`choices` are the days for which a link can be made, each with its last day."""

    certificate: CertificateView
    shares: tuple[ShareView, ...]
    choices: tuple[tuple[int, dt.date], ...]
    may_show_all: bool


@dataclass(frozen=True, slots=True)
class SharedPage:
    told: VerdictPage
    ends_on: dt.date


@router.get("/certificates/{certificate_id}/shares")
def own_shares(
    request: Request, certificate_id: RowId, actor: CurrentActor, db: ReadDb, now: Now
) -> HTMLResponse:
    """Make a link to one's certificate, see when those there are were opened, take one back."""
    view = wallet.own_certificate(db, certificate_id, learner_id=actor.learner_id, now=now)
    found = shares.list_own(db, certificate_id, learner_id=actor.learner_id, now=now)
    choices = tuple((days, last_day(days, now=now)) for days in DAYS)
    page = SharesPage(view, tuple(found), choices, view.verdict in IN_FORCE)
    return render(request, "worker/shares.html", page)


@router.get("/s/{token}")
def read_shared(
    request: Request, token: Annotated[str, Path(max_length=100)], db: ReadDb, parts: PartsDep,
    now: Now,
) -> HTMLResponse:  # fmt: skip
    """The page of a link: what everybody sees of the certificate.

    Name and PDF are asked for by the page itself, so that a preview of the link holds neither.
    """
    found = shares.page_of(db, parts.keys, token, now=now)
    told = verification.by_public_id(db, parts.keys, found.public_id, now=now)
    return render(request, "public/shared.html", SharedPage(verdict_page(told), found.ends_on))
