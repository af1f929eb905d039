"""The page on which a person asks for their account to be deleted, or takes it back."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.identity.rules.deletions import CONSEQUENCES, WAIT
from app.identity.services import deletions
from app.identity.services.deletions import RequestView
from app.lobby.deps import CurrentActor, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DeletionPage:
    consequences: tuple[str, ...]
    wait_days: int
    request: RequestView | None
    is_verified: bool


@router.get("/me/deletion")
def deletion(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """Say what deleting means, ask for two proofs, show the receipt's number."""
    page = DeletionPage(
        CONSEQUENCES, WAIT.days, deletions.standing_request(db, actor.learner_id),
        actor.is_verified,
    )  # fmt: skip
    return render(request, "worker/deletion.html", page)
