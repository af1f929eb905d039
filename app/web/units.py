"""Pages of an organisation's units, positions and tags."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.lobby.deps import Agent, PartsDep, ReadDb
from app.lobby.paths import PageNumber, RowId
from app.lobby.sought import SearchText
from app.org.rules.units import MOST_LEVELS
from app.org.services import positions, staff_views, tags, units
from app.org.services.paging import Page
from app.org.services.positions import PositionView
from app.org.services.staff_views import StaffView
from app.org.services.tags import TagView
from app.org.services.units import UnitView
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(prefix="/employer", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """What was asked of a list, so that its form and its links can say it again."""

    query: str
    by_people: bool
    is_ended: bool
    pager: Pager

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query.strip()) or self.is_ended


def _listed(
    address: str, found: Page[UnitView] | Page[PositionView] | Page[TagView], query: str, *,
    by_people: bool, is_ended: bool = False,
) -> Listed:  # fmt: skip
    links = pager(
        address, found.page, found.pages, q=query, by_people="true" if by_people else "",
        is_ended="true" if is_ended else "",
    )  # fmt: skip
    return Listed(query, by_people, is_ended, links)


@dataclass(frozen=True, slots=True)
class UnitsPage:
    found: Page[UnitView]
    listed: Listed
    most_levels: int


@dataclass(frozen=True, slots=True)
class UnitPage:
    unit: UnitView
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PositionsPage:
    found: Page[PositionView]
    listed: Listed


@dataclass(frozen=True, slots=True)
class PositionPage:
    position: PositionView
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagsPage:
    found: Page[TagView]
    listed: Listed


@dataclass(frozen=True, slots=True)
class TagPage:
    tag: TagView
    people: Page[StaffView]
    pager: Pager
    units: tuple[str, ...]
    positions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffTagsPage:
    person: StaffView
    tags: tuple[TagView, ...]
    held: frozenset[str]


@router.get("/units")
def list_units(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    by_people: bool = False,
    is_ended: bool = False,
    page: PageNumber = 1,
) -> HTMLResponse:
    """The tree of units with head-counts."""
    found = units.list_units(db, actor, query=q, by_people=by_people, is_ended=is_ended, page=page)
    listed = _listed("/employer/units", found, q, by_people=by_people, is_ended=is_ended)
    return render(request, "employer/units.html", UnitsPage(found, listed, MOST_LEVELS))


@router.get("/units/{unit_id}")
def one_unit(request: Request, unit_id: RowId, actor: Agent, db: ReadDb) -> HTMLResponse:
    """Rename or move a unit, merge it into another, end it."""
    unit = units.one_unit(db, actor, unit_id)
    others = tuple(each for each in units.words_of_all(db, actor) if each != unit.words)
    return render(request, "employer/unit.html", UnitPage(unit, others))


@router.get("/positions")
def list_positions(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    by_people: bool = False,
    is_ended: bool = False,
    page: PageNumber = 1,
) -> HTMLResponse:
    """The positions with head-counts."""
    found = positions.list_positions(
        db, actor, query=q, by_people=by_people, is_ended=is_ended, page=page
    )
    listed = _listed("/employer/positions", found, q, by_people=by_people, is_ended=is_ended)
    return render(request, "employer/positions.html", PositionsPage(found, listed))


@router.get("/positions/{position_id}")
def one_position(request: Request, position_id: RowId, actor: Agent, db: ReadDb) -> HTMLResponse:
    """Rename a position, merge it into another, end it."""
    found = positions.one_position(db, actor, position_id)
    others = tuple(each for each in positions.names_of_all(db, actor) if each != found.name)
    return render(request, "employer/position.html", PositionPage(found, others))


@router.get("/tags")
def list_tags(
    *,
    request: Request,
    actor: Agent,
    db: ReadDb,
    q: SearchText = "",
    by_people: bool = False,
    page: PageNumber = 1,
) -> HTMLResponse:
    """The tags with head-counts."""
    found = tags.list_tags(db, actor, query=q, by_people=by_people, page=page)
    listed = _listed("/employer/tags", found, q, by_people=by_people)
    return render(request, "employer/tags.html", TagsPage(found, listed))


@router.get("/tags/{tag_id}")
def one_tag(
    request: Request, tag_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep, page: PageNumber = 1
) -> HTMLResponse:
    """Who has a tag; giving it to many, renaming it, letting it go."""
    tag, people = tags.one_tag(db, parts.vault, actor, tag_id, page=page)
    view = TagPage(
        tag, people, pager(f"/employer/tags/{tag_id}", people.page, people.pages),
        tuple(units.words_of_all(db, actor)), tuple(positions.names_of_all(db, actor)),
    )  # fmt: skip
    return render(request, "employer/tag.html", view)


@router.get("/staff/{staff_id}/tags")
def staff_tags(
    request: Request, staff_id: RowId, actor: Agent, db: ReadDb, parts: PartsDep
) -> HTMLResponse:
    """Which tags one person has."""
    view = StaffTagsPage(
        staff_views.one_staff(db, parts.vault, actor, staff_id), tuple(tags.every_tag(db, actor)),
        tags.tags_of_person(db, actor, staff_id),
    )  # fmt: skip
    return render(request, "employer/staff_tags.html", view)
