"""Pages for another phone: both at hand, the old one lost, and objecting to a change."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.identity.services import people, phone_changes, phone_holds, questions, standing
from app.identity.services.phone_changes import ChangeView
from app.identity.services.questions import QuestionView
from app.lobby.deps import CurrentActor, Now, PartsDep, ReadDb
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePage:
    """`held_until` is when another change is possible; `waiting` is one that is under way."""

    masked_phone: str
    choices: tuple[QuestionView, ...]
    method: str | None
    waiting: ChangeView | None
    held_until: dt.datetime | None
    is_own_proof: bool = False


@dataclass(frozen=True, slots=True)
class RecoveryPage:
    choices: tuple[QuestionView, ...]
    method: str | None
    shows_outbox: bool
    is_own_proof: bool = False


@router.get("/me/phone")
def phone(
    request: Request, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> HTMLResponse:
    """Change the phone with the old one at hand; stop a change that is not one's own."""
    page = PhonePage(
        masked_phone=people.views(db, parts.vault, [actor.learner_id])[
            actor.learner_id
        ].masked_phone,
        choices=questions.choices(), method=standing.standing(db, actor.learner_id).method,
        waiting=phone_changes.pending(db, parts.vault, actor.account_id),
        held_until=phone_holds.held_until(db, actor.account_id, now=now),
    )  # fmt: skip
    return render(request, "worker/phone.html", page)


@router.get("/recovery")
def recovery(request: Request, parts: PartsDep) -> HTMLResponse:
    """Find one's account again, whose phone is lost."""
    page = RecoveryPage(questions.choices(), None, parts.settings.sms.kind == "simulated")
    return render(request, "public/recovery.html", page)


@router.get("/recovery/stop")
def stop(request: Request) -> HTMLResponse:
    """Say that a change is not one's own, with the code that the old phone was sent."""
    return render(request, "public/recovery_stop.html", None)
