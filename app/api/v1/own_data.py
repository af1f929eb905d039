"""Taking along everything about oneself: a fresh code, then the file."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from app.api.problems import may_raise
from app.api.v1.auth import refuse_code
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooLargeError,
    TooManyRequestsError,
)
from app.identity.services import people, signin
from app.identity.services.signin import Typed
from app.lobby import limits
from app.lobby.deps import CallerAddress, CurrentActor, DeviceId, Now, PartsDep
from app.lobby.letters import Body
from app.oversight.rules.own_data import A_DAY
from app.oversight.services import own_data

router = APIRouter(prefix="/me/data", tags=["me"])


class OwnDataIn(Body):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[PersonText, Field(pattern=r"^\d{6}$")]


_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "The file."}
}


@router.post(
    "", response_class=Response,
    responses=_FILE | may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
        TooLargeError, TooManyRequestsError,
    ),
)  # fmt: skip
def take_data(
    *,
    body: OwnDataIn,
    actor: CurrentActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> Response:
    """Return everything about the caller as one zip; nothing of it is stored.

    A wrong code is a result and no exception, so that its try stays counted.
    """
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.reading() as db:
        phone = people.own_phone(db, parts.vault, actor.learner_id)
    with parts.database.transaction() as db:
        answer = signin.answer_code(
            db, parts.vault, parts.keys, Typed(phone, body.code, device_id), now=now
        )
    refuse_code(answer)
    parts.limiter.take("own_data", actor.learner_id, limit=A_DAY, window_s=24 * 3600, now=now)
    made = own_data.make_file(parts.database, parts.vault, parts.storage, actor.learner_id, now=now)
    with parts.database.transaction() as db:
        own_data.note_taken(db, actor.learner_id, now=now)
    headers = {
        "content-disposition": f'attachment; filename="shixue-{now:%Y-%m-%d}.zip"',
        "cache-control": "no-store",
    }
    return Response(made, media_type="application/zip", headers=headers)
