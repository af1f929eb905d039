"""Public classes, and the classes that a person is in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.lobby.deps import CurrentActor, MaybeActor, Now, PartsDep, ReadDb
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.providers.reference import Places, read_places
from app.org.rules.class_places import MemberState
from app.org.services import class_public
from app.org.services.class_plan import UnitView
from app.org.services.class_public import OwnMembership, PublicClass
from app.org.services.paging import Page
from app.web.paging import Pager, pager
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesPage:
    found: Page[PublicClass]
    pager: Pager
    query: str
    prefecture: str
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPage:
    """`own` is the caller's place in it, None for none."""

    view: PublicClass
    units: tuple[UnitView, ...]
    prefecture: str
    own: MemberState | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class OwnPage:
    found: list[OwnMembership]


@router.get("/classes")
def list_classes(
    *,
    request: Request,
    db: ReadDb,
    parts: PartsDep,
    now: Now,
    q: SearchText = "",
    prefecture: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Public classes that can still be joined."""
    found = class_public.find(db, q, prefecture, page=page, now=now)
    view = ClassesPage(
        found=found, query=q, prefecture=prefecture,
        places=read_places(parts.settings.reference_dir),
        pager=pager("/classes", found.page, found.pages, q=q, prefecture=prefecture),
    )  # fmt: skip
    return render(request, "public/classes.html", view)


@router.get("/classes/{class_id}")
def one_class(
    *, request: Request, class_id: RowId, actor: MaybeActor, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """One public class: what is taught when and where, and coming to it."""
    view, units = class_public.one(db, class_id, now=now)
    places = read_places(parts.settings.reference_dir)
    page = ClassPage(
        view=view, units=units, prefecture=places.prefecture_name(view.prefecture_code),
        own=class_public.own_state(db, actor, class_id),
        is_verified=actor is not None and actor.is_verified,
    )  # fmt: skip
    return render(request, "public/class.html", page)


@router.get("/me/classes")
def own_classes(request: Request, actor: CurrentActor, db: ReadDb, now: Now) -> HTMLResponse:
    """The classes in which the caller has a place or waits for one."""
    return render(
        request, "worker/classes.html", OwnPage(class_public.list_own(db, actor, now=now))
    )
