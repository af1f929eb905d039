"""Applying to be an organisation, who acts for one and as what, and its licence for the desk."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import Field

from app.api.answers import Answer
from app.api.files import OCTETS, gives
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    ForbiddenError,
    NotSignedInError,
)
from app.lobby.deps import (
    Agent,
    CurrentActor,
    Db,
    Now,
    PartsDep,
    ReadDb,
    Reviewer,
    SystemAdmin,
)
from app.lobby.letters import Body
from app.lobby.paths import Id, RowId
from app.org.providers.reference import read_places
from app.org.rules.applications import Entered
from app.org.rules.organisations import OrganisationKind
from app.org.services import administration, applications, members
from app.oversight.services import disclosures

router = APIRouter(tags=["organisations"])
_NOTHING = status.HTTP_204_NO_CONTENT
_MOST_LICENCE = 5 * 2**20


class ApplicationIn(Body):
    """`licence`: the picture or PDF in base64; `type_code` for an institution alone."""

    kind: Annotated[OrganisationKind, Field(strict=False)]
    type_code: Annotated[str, Field(max_length=30, pattern=r"^[a-z_]*$")] = ""
    name: Annotated[PersonText, Field(min_length=2, max_length=120)]
    uscc: Annotated[PersonText, Field(min_length=1, max_length=30)]
    prefecture_code: Annotated[str, Field(pattern=r"^\d{6}$")]
    responsible: Annotated[PersonText, Field(min_length=2, max_length=60)]
    contact: Annotated[PersonText, Field(min_length=7, max_length=30)]
    licence: Annotated[
        str, Field(min_length=1, max_length=_MOST_LICENCE, pattern=r"^[A-Za-z0-9+/]+={0,2}$")
    ]


class ApplicationOut(Answer):
    application_id: str
    kind: str
    name: str
    uscc: str
    state: str
    state_name: str
    reason: str | None
    org_id: str | None
    applied_at: dt.datetime


class MemberOut(Answer):
    person_id: str
    name: str
    masked_phone: str
    duty: str
    duty_name: str
    is_self: bool
    is_last_owner: bool


class OfferOut(Answer):
    staff_id: str
    name: str
    duty_name: str
    offered_at: dt.datetime


class MembersOut(Answer):
    members: list[MemberOut]
    offers: list[OfferOut]


class OfferIn(Body):
    staff_id: Id
    duty: Annotated[str, Field(min_length=1, max_length=10)]


class DutyIn(Body):
    duty: Annotated[str, Field(min_length=1, max_length=10)]


class SuspensionIn(Body):
    reason: Annotated[PersonText, Field(min_length=2, max_length=500)]


@router.get("/me/organisations", responses=may_raise(NotSignedInError, ForbiddenError))
def list_applications(actor: CurrentActor, db: ReadDb) -> list[ApplicationOut]:
    """What the caller applied for, the newest first."""
    found = applications.list_own(db, actor.learner_id)
    return [ApplicationOut.model_validate(each) for each in found]


@router.post("/me/organisations", status_code=status.HTTP_201_CREATED, responses=WRITING)
def apply(
    body: ApplicationIn, actor: CurrentActor, db: Db, parts: PartsDep, now: Now
) -> ApplicationOut:
    """Apply to be an organisation here; the desk compares what was entered with the licence."""
    given = Entered(
        kind=body.kind, type_code=body.type_code, name=body.name, uscc=body.uscc,
        prefecture_code=body.prefecture_code, responsible=body.responsible, contact=body.contact,
    )  # fmt: skip
    places = read_places(parts.settings.reference_dir)
    view = applications.apply(db, parts.vault, places, actor, given, body.licence, now=now)
    return ApplicationOut.model_validate(view)


@router.delete("/me/organisations/{application_id}", status_code=_NOTHING, responses=WRITING)
def withdraw(application_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Take one's own application back, to apply anew."""
    applications.withdraw(db, actor, application_id, now=now)


@router.get(
    "/desk/cases/{case_id}/licence", response_class=Response,
    responses=READING | gives(OCTETS),
)  # fmt: skip
def read_licence(case_id: RowId, actor: Reviewer, db: Db, parts: PartsDep, now: Now) -> Response:
    """The licence of an applying organisation; the applicant can read who opened it."""
    found = disclosures.open_licence(db, parts.vault, case_id, actor=actor, now=now)
    headers = {"content-disposition": "inline", "cache-control": "no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/org/members", responses=READING)
def list_members(actor: Agent, db: ReadDb, parts: PartsDep) -> MembersOut:
    """Who acts for the caller's organisation, and whom it has asked to."""
    found = members.list_members(db, parts.vault, actor)
    return MembersOut.model_validate(found)


@router.post("/org/offers", status_code=_NOTHING, responses=WRITING)
def offer(body: OfferIn, actor: Agent, db: Db, now: Now) -> None:
    """Ask somebody on the roster to act for the organisation; only they can say yes."""
    members.offer(db, actor, body.staff_id, body.duty, now=now)


@router.delete("/org/offers/{staff_id}", status_code=_NOTHING, responses=WRITING)
def take_offer_back(staff_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Ask no more."""
    members.take_offer_back(db, actor, staff_id, now=now)


@router.put("/org/members/{person_id}", status_code=_NOTHING, responses=WRITING)
def change_duty(person_id: RowId, body: DutyIn, actor: Agent, db: Db, now: Now) -> None:
    """Let somebody be something else inside the organisation."""
    members.change_duty(db, actor, person_id, body.duty, now=now)


@router.delete("/org/members/{person_id}", status_code=_NOTHING, responses=WRITING)
def remove_member(person_id: RowId, actor: Agent, db: Db, now: Now) -> None:
    """Let somebody act for the organisation no more."""
    members.remove_member(db, actor, person_id, now=now)


@router.post("/me/offices/{org_id}", status_code=_NOTHING, responses=WRITING)
def accept(org_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Take on what an organisation asked for."""
    members.accept(db, actor, org_id, now=now)


@router.delete("/me/offices/{org_id}", status_code=_NOTHING, responses=WRITING)
def decline(org_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Turn it down, or resign."""
    members.decline(db, actor, org_id, now=now)


@router.put(
    "/system/organisations/{org_id}/suspension", status_code=_NOTHING, responses=WRITING
)  # fmt: skip
def suspend(org_id: RowId, body: SuspensionIn, actor: SystemAdmin, db: Db, now: Now) -> None:
    """Suspend an organisation: its people can look at everything and change nothing."""
    administration.set_suspended(db, org_id, reason=body.reason, actor=actor, now=now)


@router.delete(
    "/system/organisations/{org_id}/suspension", status_code=_NOTHING, responses=WRITING
)  # fmt: skip
def restore(org_id: RowId, actor: SystemAdmin, db: Db, now: Now) -> None:
    """Let a suspended organisation go on."""
    administration.set_suspended(db, org_id, reason=None, actor=actor, now=now)
