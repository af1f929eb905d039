"""The public directory of institutions, and an organisation's own qualifications."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.listing import Piece, WholeOrder, piece_of_whole
from app.lobby.deps import Agent, Now, PartsDep, ReadDb
from app.lobby.lists import AskedList
from app.lobby.sought import SearchText
from app.org.providers.reference import Places, read_places
from app.org.rules.applications import MOST_LICENCE_BYTES
from app.org.rules.duties import Power, may
from app.org.services import organisations, qualifications
from app.org.services.organisations import duty_in
from app.org.services.qualifications import InstitutionView, QualificationView
from app.web.lists import ListLinks, list_links
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


_SORTS = {"name": "机构", "prefecture": "市（州）"}


_OWN: WholeOrder[QualificationView] = WholeOrder(
    keys={
        "made": lambda each: each.qualification_id, "name": lambda each: each.name,
        "state": lambda each: each.standing_name, "until": lambda each: each.valid_until,
    },
    last=lambda each: each.qualification_id,
    own="-made",
)  # fmt: skip
_OWN_BY = {"name": "资质", "state": "状态", "until": "有效期", "-made": "填报先后"}


@dataclass(frozen=True, slots=True)
class InstitutionsPage:
    found: Piece[InstitutionView]
    links: ListLinks
    query: str
    prefecture: str
    places: Places


@dataclass(frozen=True, slots=True)
class QualificationsPage:
    """`kinds` are those that an organisation of this kind can state."""

    found: Piece[QualificationView]
    links: ListLinks
    query: str
    kinds: list[tuple[str, str]]
    may_state: bool
    most_bytes: int


@router.get("/institutions")
def institutions(
    *,
    request: Request,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    asked: AskedList,
    q: SearchText = "",
    prefecture: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
) -> HTMLResponse:
    """Institutions of which something was confirmed, with until when."""
    found = qualifications.find_institutions(db, q, prefecture, asked, now=now)
    links = list_links("/institutions", found, _SORTS, q=q.strip(), prefecture=prefecture)
    places = read_places(parts.settings.reference_dir)
    view = InstitutionsPage(found, links, q, prefecture, places)
    return render(request, "public/institutions.html", view)


@router.get("/employer/qualifications")
def own(
    *, request: Request, actor: Agent, db: ReadDb, now: Now, asked: AskedList,
    q: SearchText = "",
) -> HTMLResponse:  # fmt: skip
    """What the organisation stated of itself, and stating more."""
    organisation, sought = organisations.acting_for(db, actor, Power.SEE_STAFF), q.strip()
    held = [
        each for each in qualifications.list_own(db, actor, now=now)
        if sought in each.name or sought in each.number
    ]  # fmt: skip
    found = piece_of_whole(held, _OWN, asked)
    page = QualificationsPage(
        found, list_links("/employer/qualifications", found, _OWN_BY, q=sought), sought,
        qualifications.kinds_for(organisation.kind),
        may(duty_in(actor, organisation.org_id), Power.KEEP_PROFILE), MOST_LICENCE_BYTES,
    )  # fmt: skip
    return render(request, "employer/qualifications.html", page)
