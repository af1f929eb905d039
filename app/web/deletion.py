"""The page on which a person asks for their account to be deleted, or takes it back."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.errors import AppError, ConflictError
from app.identity.rules.actors import Actor
from app.identity.rules.deletions import CONSEQUENCES, WAIT
from app.identity.services import deletions, own_proofs, questions, standing
from app.identity.services.deletions import RequestView
from app.identity.services.questions import QuestionView
from app.lobby.deps import CurrentActor, Now, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DeletionPage:
    """`obstacle` is why it cannot be asked for now; `method` how the person shows who they are."""

    consequences: tuple[str, ...]
    wait_days: int
    request: RequestView | None
    is_verified: bool
    obstacle: AppError | None
    method: str | None
    choices: tuple[QuestionView, ...]
    is_own_proof: bool = True


@router.get("/me/deletion")
def deletion(request: Request, actor: CurrentActor, db: ReadDb, now: Now) -> HTMLResponse:
    """Say what deleting means, ask who it is, show the receipt's number."""
    page = DeletionPage(
        CONSEQUENCES, WAIT.days, deletions.standing_request(db, actor.learner_id),
        actor.is_verified, _obstacle(db, actor, now),
        standing.standing(db, actor.account_id).method if actor.is_verified else None,
        questions.choices(),
    )  # fmt: skip
    return render(request, "worker/deletion.html", page)


def _obstacle(db: ReadDb, actor: Actor, now: dt.datetime) -> AppError | None:
    try:
        deletions.check_free_to_go(db, actor.account_id, now=now)
    except ConflictError as refused:
        return refused
    return own_proofs.obstacle(db, actor, now=now)
