"""Showing who one is before an account gets another phone: by face, by questions, or to people.

A change is proven by the browser that began it, and where somebody was signed in by them alone.
"""

from fastapi import APIRouter, status
from pydantic import BaseModel

from app.api.problems import may_raise
from app.api.v1.faces import FramesIn
from app.api.v1.phone_changes import ChangeOut, out
from app.api.v1.questions import AnswersIn
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.services import faces, phone_proofs
from app.identity.services.phone_proofs import Proven
from app.lobby import limits
from app.lobby.deps import Db, DeviceId, MaybeActor, Now, PartsDep
from app.lobby.paths import RowId
from app.oversight.services import phone_changes

router = APIRouter(prefix="/phone-changes", tags=["phone"])
_PROVING = may_raise(InvalidError, ForbiddenError, NotFoundError, ConflictError)


class FaceOut(BaseModel):
    nonce: str
    actions: list[str]
    step_ms: int
    frames_per_step: int


@router.post(
    "/{change_id}/face", status_code=status.HTTP_201_CREATED, responses=_PROVING
)  # fmt: skip
def open_face(
    change_id: RowId, db: Db, now: Now, device_id: DeviceId, actor: MaybeActor
) -> FaceOut:
    """What to do in front of the camera; drawn anew by each call, the last one counts."""
    prompt = phone_proofs.open_face(
        db, change_id, device_id=device_id, actor_id=_id_of(actor), now=now
    )
    return FaceOut.model_validate(prompt)


def _id_of(actor: MaybeActor) -> str | None:
    return actor.account_id if actor is not None else None


@router.post(
    "/{change_id}/frames",
    responses=_PROVING | may_raise(TooLargeError, TooManyRequestsError, UnavailableError),
)
def send_frames(
    *,
    change_id: RowId,
    body: FramesIn,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    actor: MaybeActor,
) -> ChangeOut:
    """Show one's face; the frames are looked at and forgotten."""
    frames, actor_id = body.decoded("/frames"), _id_of(actor)
    limits.before_frames(parts, change_id=change_id, device_id=device_id, now=now)
    with parts.database.transaction() as db:
        given = phone_proofs.take_face(
            db, parts.vault, change_id, device_id=device_id, actor_id=actor_id, now=now
        )
    judged = faces.judge_face(parts.face, given, body.nonce, frames)
    with parts.database.transaction() as db:
        proven = phone_proofs.finish_face(
            db, parts.vault, judged, device_id=device_id, actor_id=actor_id,
            now=parts.clock.now(),
        )  # fmt: skip
        phone_changes.follow(db, proven.change, now=now)
    return _told(proven)


@router.post("/{change_id}/answers", responses=_PROVING)
def answer(
    *,
    change_id: RowId,
    body: AnswersIn,
    db: Db,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    actor: MaybeActor,
) -> ChangeOut:
    """Answer the secret questions, all of them at once."""
    given = [(each.question, each.answer) for each in body.answers]
    proven = phone_proofs.answer_questions(
        db, parts.vault, parts.keys, change_id, given, device_id=device_id,
        actor_id=_id_of(actor), now=now,
    )  # fmt: skip
    phone_changes.follow(db, proven.change, now=now)
    return _told(proven)


@router.post("/{change_id}/people", responses=_PROVING)
def ask_people(
    *, change_id: RowId, db: Db, parts: PartsDep, now: Now, device_id: DeviceId, actor: MaybeActor
) -> ChangeOut:
    """Leave it to people, where neither the face nor the questions work."""
    return _told(
        phone_proofs.ask_people(
            db, parts.vault, change_id, device_id=device_id, actor_id=_id_of(actor), now=now
        )
    )


def _told(proven: Proven) -> ChangeOut:
    return out(proven.change, proven.problem, proven.left)
