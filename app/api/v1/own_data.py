"""Taking along everything about oneself: showing who one is, then the file."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from app.api.files import ZIP, attached
from app.api.problems import may_raise
from app.api.v1.own_proofs import ProofId
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyRequestsError,
)
from app.identity.services import own_proofs
from app.lobby.deps import CurrentActor, DeviceId, Now, PartsDep
from app.lobby.letters import Body
from app.oversight.rules.own_data import A_DAY
from app.oversight.services import own_data

router = APIRouter(prefix="/me/data", tags=["me"])


class OwnDataIn(Body):
    model_config = ConfigDict(strict=False)

    proof: ProofId


_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {}}, "description": "The file."}}


@router.post(
    "", response_class=Response,
    responses=_FILE | may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooLargeError, TooManyRequestsError,
    ),
)  # fmt: skip
def take_data(
    body: OwnDataIn, actor: CurrentActor, parts: PartsDep, now: Now, device_id: DeviceId
) -> Response:
    """Return everything about the caller as one zip; nothing of it is stored.

    `proof` is that of `POST /me/proofs`, done and not used.
    """
    with parts.database.transaction() as db:
        own_proofs.take(db, actor, body.proof, device_id=device_id, now=now)
    parts.limiter.take("own_data", actor.learner_id, limit=A_DAY, window_s=24 * 3600, now=now)
    made = own_data.make_file(parts.database, parts.vault, parts.storage, actor.learner_id, now=now)
    with parts.database.transaction() as db:
        own_data.note_taken(db, actor.learner_id, now=now)
    return attached(made, ZIP, f"shixue-{now:%Y-%m-%d}.zip")
