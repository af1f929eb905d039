"""Showing who one is before one's file is given out or the account is left: begins with a code."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import ConfigDict, Field

from app.api.problems import may_raise
from app.api.v1.auth import refuse_code
from app.api.v1.phone_changes import ChangeOut, out
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.services import own_proofs, people, signin
from app.identity.services.signin import CodeAnswer, Typed
from app.lobby import limits
from app.lobby.deps import CallerAddress, CurrentActor, DeviceId, Now, PartsDep
from app.lobby.letters import Body
from app.lobby.paths import ID

router = APIRouter(prefix="/me/proofs", tags=["me"])
ProofId = Annotated[PersonText, Field(pattern=ID)]


class ProofIn(Body):
    model_config = ConfigDict(strict=False)

    code: Annotated[PersonText, Field(pattern=r"^\d{6}$")]


@router.post(
    "", status_code=status.HTTP_201_CREATED,
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooManyRequestsError,
    ),
)  # fmt: skip
def begin_proof(
    *,
    body: ProofIn,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> ChangeOut:
    """Begin with a fresh code; who has a proven name goes on by the steps of `/phone-changes`.

    Good in this browser for 15 minutes, for one thing: `POST /me/data` or `POST /me/deletion`.
    """
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.reading() as db:
        own_proofs.check_may_prove(db, actor, now=now)
        phone = people.own_phone(db, parts.vault, actor.account_id)
    with parts.database.transaction() as db:
        answer = signin.answer_code(
            db, parts.vault, parts.keys, Typed(phone, body.code, device_id), now=now
        )
        # A wrong try is a result and no exception, so that it stays counted.
        proof = None
        if answer is CodeAnswer.RIGHT:
            proof = own_proofs.begin(db, parts.vault, actor, device_id=device_id, now=now)
    refuse_code(answer)
    if proof is None:
        raise AssertionError("a right code and no proof")
    return out(proof)
