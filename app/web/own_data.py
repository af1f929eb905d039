"""The page on which a person takes along everything about themselves."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.learning.services import enrolments
from app.learning.services.enrolments import EnrolmentView
from app.lobby.deps import CurrentActor, ReadDb
from app.oversight.rules.own_data import A_DAY, NOT_INSIDE
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class OwnDataPage:
    left_out: tuple[str, ...]
    most_a_day: int
    courses: tuple[EnrolmentView, ...]


@router.get("/me/data")
def own_data(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """Say what is in the file and what is not, and ask for a fresh code."""
    courses = tuple(enrolments.list_for_learner(db, actor.learner_id))
    return render(request, "worker/own-data.html", OwnDataPage(NOT_INSIDE, A_DAY, courses))
