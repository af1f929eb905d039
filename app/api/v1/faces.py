"""Consent for the face, and enrolling one in front of the camera."""

import base64
from typing import Annotated, Literal

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import READING, WRITING, may_raise
from app.core.errors import (
    InvalidError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.providers.face_engine import Frame
from app.identity.rules.faces import Purpose
from app.identity.services import consents, faces
from app.learning.services import sessions
from app.lobby.deps import CurrentActor, Db, Now, PartsDep
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/me", tags=["me"])
Jpeg = Annotated[str, Field(min_length=1, max_length=400_000)]


class ConsentIn(Body):
    kind: Literal["face", "face_vendor", "portrait"]
    version: Annotated[str, Field(min_length=1, max_length=64)]
    accepted: Literal[True]


class PurposeIn(Body):
    purpose: Literal["enrol"]


class FaceSessionOut(BaseModel):
    id: str
    nonce: str
    actions: list[str]
    step_ms: int
    frames_per_step: int
    expires_in_ms: int


class FrameIn(Body):
    step: Annotated[int, Field(ge=0, le=9)]
    jpeg: Jpeg


class LookIn(Body):
    purpose: Literal["enrol", "study"]
    jpeg: Jpeg


class LookOut(BaseModel):
    problem: str


class FramesIn(Body):
    nonce: Annotated[str, Field(min_length=1, max_length=40)]
    frames: Annotated[list[FrameIn], Field(min_length=1, max_length=30)]

    def decoded(self, place: str) -> tuple[Frame, ...]:
        """The frames as bytes. Raises InvalidError that names the frame."""
        return tuple(
            Frame(frame.step, _decoded(frame.jpeg, f"{place}/{index}/jpeg"))
            for index, frame in enumerate(self.frames)
        )


def _decoded(jpeg: str, place: str) -> bytes:
    try:
        return base64.b64decode(jpeg, validate=True)
    except ValueError:  # letters outside ASCII, and binascii.Error, which is one
        raise InvalidError("照片的编码不对。", field=place, remedy="请刷新页面") from None


class FaceResultOut(BaseModel):
    outcome: str
    message: str
    next: str


@router.post("/consents", status_code=status.HTTP_201_CREATED, responses=WRITING)
def give_consent(
    body: ConsentIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> FaceResultOut:  # fmt: skip
    """Agree to the use of one's face, here or at the vendor, or to a picture on certificates."""
    if body.kind == "portrait":
        consents.give_for_portrait(db, learner_id=actor.learner_id, version=body.version, now=now)
        return FaceResultOut(outcome="given", message="已记录您的同意。", next="/me/portrait")
    if body.kind == "face_vendor":
        consents.give_to_vendor(
            db, parts.vault, parts.face_vendor, learner_id=actor.learner_id, version=body.version,
            now=now,
        )  # fmt: skip
    else:
        consents.give(db, learner_id=actor.learner_id, version=body.version, now=now)
    return FaceResultOut(outcome="given", message="已记录您的同意。", next="/signup/face")


@router.delete(
    "/consents/face", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def withdraw_consent(actor: CurrentActor, db: Db, now: Now) -> None:
    """Take it back, here and at the vendor: the template goes, an open study session ends.

    What is chosen next counts once a person has looked.
    """
    consents.withdraw(db, learner_id=actor.learner_id, now=now)
    sessions.end_with_way(db, actor.learner_id, now=now)


@router.post(
    "/face-sessions", status_code=status.HTTP_201_CREATED,
    responses=WRITING | may_raise(TooManyRequestsError),
)  # fmt: skip
def open_session(body: PurposeIn, actor: CurrentActor, parts: PartsDep, now: Now) -> FaceSessionOut:
    """Begin to enrol: what to do in front of the camera, and a number that binds the frames."""
    del body
    parts.limiter.take("face.enrol", actor.learner_id, limit=10, window_s=3600, now=now)
    with parts.database.transaction() as db:
        opened = faces.begin_enrolment(db, learner_id=actor.learner_id, now=now)
    return FaceSessionOut.model_validate(opened)


@router.post(
    "/face-looks", responses=WRITING | may_raise(TooManyRequestsError, UnavailableError)
)  # fmt: skip
def look(body: LookIn, actor: CurrentActor, parts: PartsDep, now: Now) -> LookOut:
    """Say what is wrong with a picture before the check begins; nothing is compared or kept."""
    parts.limiter.take("face.look", actor.learner_id, limit=200, window_s=600, now=now)
    jpeg = _decoded(body.jpeg, "/jpeg")
    with parts.database.reading() as db:
        faces.require_consent(db, actor.learner_id)
    return LookOut(problem=faces.problem_with(parts.face, Purpose(body.purpose), jpeg))


@router.post(
    "/face-sessions/{session_id}/frames",
    responses=WRITING | may_raise(TooLargeError, UnavailableError),
)
def send_frames(
    session_id: RowId, body: FramesIn, actor: CurrentActor, parts: PartsDep
) -> FaceResultOut:
    """Send the frames; they are looked at and forgotten, only the template stays."""
    frames = body.decoded("/frames")
    with parts.database.reading() as db:
        given = faces.load_enrolment(db, parts.vault, session_id, learner_id=actor.learner_id)
    judged = faces.judge_face(parts.face, given, body.nonce, frames)
    with parts.database.transaction() as db:
        passed = faces.finish_enrolment(
            db, parts.vault, judged, learner_id=actor.learner_id, now=parts.clock.now()
        )
    message = "人脸已录入。" if passed else judged.finding.problem + "。"
    return FaceResultOut(
        outcome="passed" if passed else "retry", message=message,
        next="/home" if passed else "/signup/face",
    )  # fmt: skip
