"""The page on which a person takes along everything about themselves."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.errors import AppError
from app.identity.services import own_proofs, questions, standing
from app.identity.services.questions import QuestionView
from app.learning.services import enrolments
from app.learning.services.enrolments import EnrolmentView
from app.lobby.deps import CurrentActor, Now, ReadDb
from app.oversight.rules.own_data import A_DAY, NOT_INSIDE
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class OwnDataPage:
    """`obstacle` is why it cannot be taken now; `method` how the person shows who they are."""

    left_out: tuple[str, ...]
    most_a_day: int
    courses: tuple[EnrolmentView, ...]
    obstacle: AppError | None
    method: str | None
    choices: tuple[QuestionView, ...]
    is_own_proof: bool = True


@router.get("/me/data")
def own_data(request: Request, actor: CurrentActor, db: ReadDb, now: Now) -> HTMLResponse:
    """Say what is in the file and what is not, and ask who it is."""
    courses = tuple(enrolments.list_for_learner(db, actor.learner_id))
    page = OwnDataPage(
        NOT_INSIDE, A_DAY, courses, own_proofs.obstacle(db, actor, now=now),
        standing.standing(db, actor.account_id).method if actor.is_verified else None,
        questions.choices(),
    )  # fmt: skip
    return render(request, "worker/own-data.html", page)
