"""The page on which an institution says what papers of a course draw."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.learning.rules.blueprints import MOST_SECTIONS, Section
from app.learning.rules.exam_items import KIND_NAMES
from app.learning.services import exam_blueprints
from app.learning.services.exam_blueprints import BlueprintView
from app.lobby.deps import ReadDb, School
from app.lobby.paths import RowId
from app.org.rules.duties import Power
from app.org.services import organisations
from app.web.rendering import render

router = APIRouter(prefix="/blueprints", include_in_schema=False)
_SPARE = 2
_EMPTY = Section(title="", count=0, points=1)


@dataclass(frozen=True, slots=True)
class BlueprintPage:
    """`rows` are the sections and empty ones to fill; `names` of the kinds of questions."""

    plan: BlueprintView
    rows: tuple[Section, ...]
    names: dict[str, str]
    chapters: tuple[str, ...]


@router.get("/{course_id}")
def blueprint(request: Request, course_id: RowId, actor: School, db: ReadDb) -> HTMLResponse:
    """The sections, what the banks have, and how equal the papers come out."""
    owner_id = organisations.acting_for(db, actor, Power.KEEP_BANKS, looks=True).org_id
    plan = exam_blueprints.view(db, owner_id, course_id)
    rows = (*plan.sections, *(_EMPTY,) * _SPARE)[:MOST_SECTIONS]
    chapters = sorted({line.chapter for line in plan.pool if line.chapter})
    names = {kind.value: name for kind, name in KIND_NAMES.items()}
    return render(request, "bank/blueprint.html", BlueprintPage(plan, rows, names, tuple(chapters)))
