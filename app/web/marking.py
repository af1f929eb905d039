"""The marking desk's pages: what waits, and one answer with its rubric."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.actors import Actor, Role
from app.learning.services import marking
from app.learning.services.marking import MarkingDesk, ToMark
from app.lobby.deps import ReadDb, require_roles
from app.org.services import marking_desks
from app.web.rendering import render

router = APIRouter(prefix="/marking", include_in_schema=False)
Marker = Annotated[Actor, Depends(require_roles(Role.INSTITUTION, Role.REVIEWER))]
RowId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`is_platforms`: the answers are to the platform's own questions, and a reviewer marks."""

    desk: MarkingDesk
    is_platforms: bool


@dataclass(frozen=True, slots=True)
class AnswerPage:
    answer: ToMark
    is_platforms: bool


@router.get("")
def desk(request: Request, actor: Marker, db: ReadDb) -> HTMLResponse:
    """Which questions have answers that wait."""
    owner_id = marking_desks.owner_for(db, actor)
    found = marking.desk(db, owner_id, marker_id=actor.learner_id)
    return render(request, "bank/marking.html", DeskPage(found, owner_id is None))


@router.get("/{answer_id}")
def answer(request: Request, answer_id: RowId, actor: Marker, db: ReadDb) -> HTMLResponse:
    """One answer to mark."""
    owner_id = marking_desks.owner_for(db, actor)
    found = marking.to_mark(db, owner_id, answer_id, marker_id=actor.learner_id)
    return render(request, "bank/mark.html", AnswerPage(found, owner_id is None))
