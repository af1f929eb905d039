"""The marking desk's pages: what waits, and one answer with its rubric."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Actor, Role
from app.learning.services import marking
from app.lobby.deps import ReadDb, require_roles
from app.org.rules.duties import Power
from app.org.services import organisations
from app.web.rendering import render

router = APIRouter(prefix="/marking", include_in_schema=False)
School = Annotated[Actor, Depends(require_roles(Role.INSTITUTION))]
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]


@router.get("")
def desk(request: Request, actor: School, db: ReadDb) -> HTMLResponse:
    """Which questions have answers that wait."""
    owner_id = organisations.acting_for(db, actor, Power.MARK).org_id
    page = marking.desk(db, owner_id, marker_id=actor.learner_id)
    return render(request, "bank/marking.html", page)


@router.get("/{answer_id}")
def answer(request: Request, answer_id: RowId, actor: School, db: ReadDb) -> HTMLResponse:
    """One answer to mark."""
    owner_id = organisations.acting_for(db, actor, Power.MARK).org_id
    page = marking.to_mark(db, owner_id, answer_id, marker_id=actor.learner_id)
    return render(request, "bank/mark.html", page)
