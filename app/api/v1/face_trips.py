"""Going to a certified vendor's page for a check by the face, and coming back."""

from typing import Annotated, Literal

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import may_raise
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.providers import VendorFaces
from app.identity.providers.squares import qr_svg
from app.identity.rules.actors import Actor
from app.identity.rules.face_decisions import FaceOutcome
from app.identity.services import vendor_faces
from app.identity.services.vendor_faces import TripAsk, VendorFaceInput
from app.lobby.deps import CurrentActor, PartsDep
from app.lobby.letters import Body
from app.lobby.parts import Parts
from app.lobby.paths import RowId

router = APIRouter(prefix="/me/face-trips", tags=["me"])
_WRITING = may_raise(
    InvalidError, NotSignedInError, ForbiddenError, NotFoundError, ConflictError,
    TooManyRequestsError,
)  # fmt: skip
RETURN_PATH = "/face-return"


class TripIn(Body):
    purpose: Literal["enrol"]


class TripOut(BaseModel):
    id: str


class DepartureIn(Body):
    """What the vendor's script says of the browser, as JSON; empty where it wants none."""

    meta_info: Annotated[str, Field(max_length=4_000)]


class DepartureOut(BaseModel):
    """Where to go: the vendor's page, and the same as a picture for a phone beside."""

    page_url: str
    qr_svg: str


class ProgressOut(BaseModel):
    is_finished: bool


class TripResultOut(BaseModel):
    outcome: str
    message: str
    next: str


def _vendor(parts: Parts) -> VendorFaces:
    if parts.face_vendor is None:
        raise ConflictError(
            "现在没有核身方。", code="face_vendor_refused",
            remedy="请在“我的”里改用别的核对方式",
        )  # fmt: skip
    return parts.face_vendor


def _own(parts: Parts, trip_id: str, actor: Actor) -> VendorFaceInput:
    """The caller's own check; whose it is comes before everything else. Raises NotFoundError."""
    with parts.database.reading() as db:
        return vendor_faces.load_own(db, parts.vault, trip_id, learner_id=actor.learner_id)


@router.post("", status_code=status.HTTP_201_CREATED, responses=_WRITING)
def open_trip(body: TripIn, actor: CurrentActor, parts: PartsDep) -> TripOut:
    """Begin to choose the face at a vendor as one's way of being checked."""
    del body
    _vendor(parts)
    now = parts.clock.now()
    parts.limiter.take("face.enrol", actor.learner_id, limit=10, window_s=3600, now=now)
    with parts.database.transaction() as db:
        check_id = vendor_faces.begin_enrolment(db, learner_id=actor.learner_id, now=now)
    return TripOut(id=check_id)


@router.post("/{trip_id}/departure", responses=_WRITING | may_raise(UnavailableError))
def depart(
    trip_id: RowId, body: DepartureIn, actor: CurrentActor, parts: PartsDep
) -> DepartureOut:  # fmt: skip
    """Begin the session at the vendor; asked again, it is the same one.

    Where the vendor sends people back to is the settings' own address, never the caller's.
    """
    now = parts.clock.now()
    parts.limiter.take("face.trip", actor.learner_id, limit=20, window_s=3600, now=now)
    _own(parts, trip_id, actor)
    vendor = _vendor(parts)
    ask = TripAsk(
        learner_id=actor.learner_id, check_id=trip_id, meta_info=body.meta_info,
        return_url=parts.settings.public_url.rstrip("/") + RETURN_PATH,
    )  # fmt: skip
    page_url = vendor_faces.start(parts.database, parts.vault, vendor, ask, now=now)
    return DepartureOut(page_url=page_url, qr_svg=qr_svg(page_url))


@router.get("/{trip_id}", responses=_WRITING)
def read_progress(trip_id: RowId, actor: CurrentActor, parts: PartsDep) -> ProgressOut:
    """Tell whether the vendor has come to a result; the result itself decides nothing here."""
    now = parts.clock.now()
    parts.limiter.take("face.progress", actor.learner_id, limit=150, window_s=600, now=now)
    given, vendor = _own(parts, trip_id, actor), _vendor(parts)
    decision = vendor_faces.judge(vendor, given, now=now)
    is_known = decision.outcome is not FaceOutcome.PROVIDER_ERROR
    return ProgressOut(is_finished=is_known and decision.is_finished)


@router.post("/{trip_id}/result", responses=_WRITING)
def take_result(trip_id: RowId, actor: CurrentActor, parts: PartsDep) -> TripResultOut:
    """Ask the vendor what came of choosing this way."""
    now = parts.clock.now()
    parts.limiter.take("face.progress", actor.learner_id, limit=150, window_s=600, now=now)
    given, vendor = _own(parts, trip_id, actor), _vendor(parts)
    decision = vendor_faces.judge(vendor, given, now=now)
    with parts.database.transaction() as db:
        passed = vendor_faces.finish_enrolment(
            db, vendor, given, decision, now=parts.clock.now()
        )  # fmt: skip
    return TripResultOut(
        outcome=decision.outcome.value, message="核身通过。" if passed else f"{decision.problem}。",
        next="/home" if passed else "/signup/face",
    )  # fmt: skip
