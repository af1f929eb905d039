"""Complaints and requests from anybody, appeals from learners; all end on the desk."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from app.api.problems import WRITING, may_raise
from app.api.v1.auth import refuse_code
from app.api.v1.texts import PersonText
from app.core.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
)
from app.identity.rules.cases import CASE_NAMES, CaseKind
from app.identity.services import signin
from app.identity.services.signin import Typed
from app.learning.services.appeals import Subject
from app.lobby import complaining, limits
from app.lobby.deps import CallerAddress, CurrentActor, Db, DeviceId, MaybeActor, Now, PartsDep
from app.lobby.letters import Body
from app.lobby.paths import Id
from app.oversight.services import complaints
from app.oversight.services.complaints import TEXT_LEAST, TEXT_MOST, Received

router = APIRouter(tags=["complaints"])
Words = Annotated[PersonText, Field(min_length=TEXT_LEAST, max_length=TEXT_MOST)]


class ComplaintIn(Body):
    """`kind` says whether it is about the platform, or about one's own data 个人信息权利.

    `about`: number or address on a certificate that is taken for a fake.
    """

    kind: Annotated[str, Field(pattern="^(complaint|privacy_request)$")] = "complaint"
    contact: Annotated[PersonText, Field(min_length=1, max_length=100)]
    text: Words
    about: Annotated[PersonText, Field(min_length=1, max_length=200)] | None = None


class AppealIn(Body):
    subject: Annotated[str, Field(pattern="^(cut|hold)$")]
    ref_id: Id
    text: Words


class LookUpIn(Body):
    number: Annotated[str, Field(pattern=r"^\s*[0-9A-Za-z]{10}\s*$")]
    phone: Annotated[str, Field(min_length=1, max_length=30)]
    code: Annotated[str, Field(pattern=r"^\d{6}$")]


class StandingOut(BaseModel):
    """`says` is the standing in words; `answer` is empty until there is one."""

    number: str
    kind: str
    asked_on: dt.date
    answer_by: dt.date
    says: str
    answer: str


class ReceivedOut(BaseModel):
    number: str
    answer_by: dt.date


def _received(done: Received) -> ReceivedOut:
    return ReceivedOut(number=done.number, answer_by=done.answer_by)


@router.post(
    "/complaints", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, ForbiddenError, TooManyRequestsError),
)  # fmt: skip
def complain(
    *,
    body: ComplaintIn,
    actor: MaybeActor,
    parts: PartsDep,
    now: Now,
    device_id: DeviceId,
    address: CallerAddress,
) -> ReceivedOut:
    """Complain, or ask about one's own data, signed in or not; the answer has a day."""
    done = complaining.complain(
        parts, actor, kind=CaseKind(body.kind), contact=body.contact, text=body.text,
        about=body.about, device_id=device_id, address=address, now=now,
    )  # fmt: skip
    return _received(done)


@router.post(
    "/complaints/answers",
    responses=may_raise(InvalidError, ForbiddenError, NotFoundError, TooManyRequestsError),
)
def look_up(
    *, body: LookUpIn, parts: PartsDep, now: Now, device_id: DeviceId, address: CallerAddress
) -> StandingOut:
    """Read how one's complaint stands, with a code of the phone that it was made with.

    The code comes from `/auth/codes`; it is spent by this.
    """
    phone = signin.read_phone(body.phone)
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        typed = signin.answer_code(
            db, parts.vault, parts.keys, Typed(phone, body.code, device_id), now=now
        )
    refuse_code(typed)
    with parts.database.reading() as db:
        found = complaints.look_up(db, parts.vault, number=body.number, phone=phone)
    return StandingOut(
        number=found.number, kind=CASE_NAMES[found.kind], asked_on=found.asked_on,
        answer_by=found.answer_by, says=found.says, answer=found.answer,
    )  # fmt: skip


@router.post(
    "/appeals", status_code=status.HTTP_201_CREATED,
    responses=WRITING,
)  # fmt: skip
def appeal(body: AppealIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now) -> ReceivedOut:
    """Appeal against one's own time that was not counted, or against a hold."""
    done = complaints.appeal(
        db, parts.vault, learner_id=actor.learner_id, subject=Subject(body.subject),
        ref_id=body.ref_id, text=body.text, reference_dir=parts.settings.reference_dir, now=now,
    )  # fmt: skip
    return _received(done)
