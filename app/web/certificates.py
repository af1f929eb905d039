"""A holder's certificates: the list, one of them, and asking for it to be corrected."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.certs.providers.type_table import known_types
from app.certs.services import external, renewals, wallet
from app.certs.services.external import ExternalView
from app.certs.services.renewals import Renewal
from app.certs.services.wallet import CertificateView
from app.core.flags import Switch, is_on
from app.identity.services import people, phone_holds
from app.identity.services.people import PersonView
from app.lobby.deps import CurrentActor, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.oversight.services import reissues
from app.oversight.services.complaints import TEXT_LENGTH
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CertificatesPage:
    """`held_until` is until when a changed phone holds up new ones."""

    certificates: tuple[CertificateView, ...]
    externals: tuple[ExternalView, ...]
    held_until: dt.datetime | None
    issuance_stopped: bool


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """`is_asked`: another one was asked for in its place, and the desk has not decided."""

    certificate: CertificateView
    is_asked: bool
    renewal: Renewal


@dataclass(frozen=True, slots=True)
class ReissuePage:
    certificate: CertificateView
    person: PersonView
    is_asked: bool
    length: str


@router.get("/certificates")
def certificates(
    request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """List the person's certificates, and apart from them what they recorded of others'."""
    found = tuple(wallet.list_certificates(db, actor.learner_id, now=now))
    types = known_types(parts.settings.reference_dir)
    recorded = tuple(external.list_own(db, parts.vault, types, actor.learner_id, now=now))
    held_until = phone_holds.held_until(db, actor.learner_id, now=now)
    page = CertificatesPage(found, recorded, held_until, is_on(db, Switch.NO_ISSUANCE))
    return render(request, "worker/certificates.html", page)


@router.get("/certificates/{certificate_id}")
def certificate(
    request: Request, certificate_id: RowId, actor: CurrentActor, db: ReadDb, now: Now
) -> HTMLResponse:
    """Show one certificate."""
    view = wallet.own_certificate(db, certificate_id, learner_id=actor.learner_id, now=now)
    is_asked = reissues.asked(db, certificate_id) is not None
    renewal = renewals.renewal_of(db, certificate_id, learner_id=actor.learner_id, now=now)
    return render(request, "worker/certificate.html", CertificatePage(view, is_asked, renewal))


@router.get("/certificates/{certificate_id}/reissue")
def reissue(
    *, request: Request, certificate_id: RowId, actor: CurrentActor, db: ReadDb, parts: PartsDep,
    now: Now,
) -> HTMLResponse:  # fmt: skip
    """Ask for another in its place: what it says, and what the account says now, side by side."""
    view = wallet.own_certificate(db, certificate_id, learner_id=actor.learner_id, now=now)
    person = people.views(db, parts.vault, [actor.learner_id])[actor.learner_id]
    is_asked = reissues.asked(db, certificate_id) is not None
    page = ReissuePage(view, person, is_asked, TEXT_LENGTH)
    return render(request, "worker/reissue.html", page)
