"""The picture that somebody wants on their certificates: chosen, looked at, taken away."""

import base64
from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from app.api.files import gives
from app.api.problems import READING, may_raise
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.services import portraits
from app.lobby.deps import CurrentActor, Db, Now, PartsDep
from app.lobby.letters import Body

router = APIRouter(prefix="/me", tags=["me"])
_PICTURE = gives("image/jpeg")


class PictureIn(Body):
    """A photograph as JPEG in base64, made smaller by the page."""

    jpeg: Annotated[str, Field(min_length=1, max_length=250_000)]


class PictureOut(BaseModel):
    message: str


@router.put(
    "/portrait",
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, ConflictError, TooManyRequestsError,
        UnavailableError,
    ),
)  # fmt: skip
def choose_picture(body: PictureIn, actor: CurrentActor, parts: PartsDep, now: Now) -> PictureOut:
    """Have a portrait cut out of a picture and kept, if it shows the person; in another's place."""
    try:
        jpeg = base64.b64decode(body.jpeg, validate=True)
    except ValueError:
        raise InvalidError("照片的编码不对。", field="/jpeg", remedy="请刷新页面") from None
    with parts.database.reading() as db:
        template = portraits.template_to_compare(db, parts.vault, actor.learner_id)
    parts.limiter.take("portrait", actor.learner_id, limit=20, window_s=3600, now=now)
    judged = portraits.judge(parts.face, template, jpeg)
    with parts.database.transaction() as db:
        is_kept = portraits.keep(
            db, parts.vault, judged, learner_id=actor.learner_id, now=parts.clock.now()
        )
    if not is_kept:
        raise InvalidError(
            f"{judged.finding.problem}。", field="/jpeg", code=judged.finding.verdict.value,
            remedy="请换一张照片",
        )  # fmt: skip
    return PictureOut(message="照片已经放好，今后发的证书上会有。")


@router.get(
    "/portrait.jpg", response_class=Response,
    responses=_PICTURE | may_raise(NotSignedInError, NotFoundError),
)  # fmt: skip
def read_picture(actor: CurrentActor, parts: PartsDep) -> Response:
    """One's own portrait, as it will stand on certificates."""
    with parts.database.reading() as db:
        picture = portraits.own_picture(db, parts.vault, actor.learner_id)
    return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})


@router.delete(
    "/consents/portrait", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def withdraw_consent(actor: CurrentActor, db: Db, now: Now) -> None:
    """Take the consent back: the picture is gone, new certificates have none."""
    portraits.withdraw(db, actor.learner_id, now=now)
