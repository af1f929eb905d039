"""Deleting one's own account: what follows, asking with a proof, taking it back."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from app.api.problems import READING, may_raise
from app.api.v1.own_proofs import ProofId
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.deletions import CONSEQUENCES
from app.identity.services import deletions, own_proofs
from app.identity.services.deletions import RequestView
from app.lobby.deps import CurrentActor, Db, DeviceId, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.oversight.services import deletions as desk

router = APIRouter(prefix="/me/deletion", tags=["me"])


class DeletionIn(Body):
    """`number` is the whole document number, or the phone's where no name was ever proven."""

    model_config = ConfigDict(strict=False)

    proof: ProofId
    number: Annotated[PersonText, Field(min_length=1, max_length=40)]


class DeletionOut(BaseModel):
    """`number` and the two moments are those of the request that waits; null without one."""

    number: str | None
    asked_at: dt.datetime | None
    due_at: dt.datetime | None
    consequences: list[str]


def _out(view: RequestView | None) -> DeletionOut:
    return DeletionOut(
        number=view.number if view else None, asked_at=view.asked_at if view else None,
        due_at=view.due_at if view else None, consequences=list(CONSEQUENCES),
    )  # fmt: skip


@router.get("", responses=may_raise(NotSignedInError))
def read_deletion(actor: CurrentActor, db: ReadDb) -> DeletionOut:
    """What deleting the account means, and the request that waits."""
    return _out(deletions.standing_request(db, actor.learner_id))


@router.post(
    "", status_code=status.HTTP_201_CREATED,
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError,
    ),
)  # fmt: skip
def ask_for_deletion(
    body: DeletionIn, actor: CurrentActor, parts: PartsDep, now: Now, device_id: DeviceId
) -> DeletionOut:
    """Ask for the account to be deleted: with a proof (`POST /me/proofs`) and the number."""
    parts.limiter.take("deletion", actor.learner_id, limit=10, window_s=24 * 3600, now=now)
    with parts.database.reading() as db:
        deletions.check_may_ask(db, parts.vault, actor.learner_id, body.number, now=now)
    with parts.database.transaction() as db:
        own_proofs.take(db, actor, body.proof, device_id=device_id, now=now)
        view = desk.ask(db, actor.learner_id, now=now)
    return _out(view)


@router.delete(
    "", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def take_deletion_back(actor: CurrentActor, db: Db, now: Now) -> None:
    """Keep the account after all."""
    deletions.cancel(db, actor.learner_id, now=now)
