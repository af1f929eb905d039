"""The signed-in person: who they are, proving their name, their inbox."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from app.api.answers import Answer
from app.api.problems import READING, may_raise
from app.api.v1.texts import PersonText
from app.certs.services import bundles
from app.certs.services.bundles import Sources
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.actors import Actor
from app.identity.rules.documents import DocumentType
from app.identity.rules.registry import UNANSWERED, RegistryAnswer, RegistryOutcome
from app.identity.services import access, device_keys, disputes, inbox, people, verification
from app.identity.services.claims import Claim
from app.lobby import limits
from app.lobby.deps import CurrentActor, Db, DeviceId, Now, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.parts import Parts
from app.lobby.paths import RowId
from app.org.services import staff

router = APIRouter(prefix="/me", tags=["me"])


class MeOut(BaseModel):
    account_id: str
    roles: list[str]
    org_ids: list[str]
    is_verified: bool
    name: str
    masked_name: str
    masked_phone: str
    unread_notices: int


class IdentityIn(Body):
    model_config = ConfigDict(strict=False)

    document_type: DocumentType
    number: Annotated[PersonText, Field(min_length=1, max_length=40, strict=True)]
    name: Annotated[PersonText, Field(min_length=1, max_length=120, strict=True)]


class IdentityOut(BaseModel):
    outcome: str
    message: str
    next: str


class AccessOut(Answer):
    at: dt.datetime
    what: str
    purpose: str
    by: str


class NoticeOut(BaseModel):
    id: str
    kind: str
    title: str
    text: str
    created_at: dt.datetime
    is_read: bool


class DeviceOut(BaseModel):
    id: str
    thumbprint: str
    registered_at: dt.datetime
    used_at: dt.datetime
    is_this: bool


@router.get("", responses=may_raise(NotSignedInError))
def read_me(actor: CurrentActor, db: ReadDb, parts: PartsDep) -> MeOut:
    """Tell the caller who they are here."""
    view = people.views(db, parts.vault, [actor.learner_id])[actor.learner_id]
    return MeOut(
        account_id=actor.account_id,
        roles=sorted(role.value for role in actor.roles),
        org_ids=list(actor.org_ids),
        is_verified=view.is_verified,
        name=actor.display_name,
        masked_name=view.masked_name,
        masked_phone=view.masked_phone,
        unread_notices=inbox.unread_count(db, actor.learner_id),
    )


@router.post(
    "/identity",
    responses=may_raise(
        InvalidError, ConflictError, NotSignedInError, ForbiddenError, TooManyRequestsError
    ),
)
def prove_identity(body: IdentityIn, actor: CurrentActor, parts: PartsDep, now: Now) -> IdentityOut:
    """Prove name and document with the population registry.

    The registry is asked between two transactions: it may be slow, and a lock must not wait.
    """
    claim = verification.read_claim(body.document_type, body.number, body.name, now=now)
    limits.before_registry(parts, person_id=actor.learner_id, now=now)
    with parts.database.reading() as db:
        verification.check_unverified(db, actor.learner_id)
    answer = _ask_registry(parts, actor, claim, now)
    with parts.database.transaction() as db:
        verdict = verification.record(
            db, parts.vault, learner_id=actor.learner_id, claim=claim, answer=answer, now=now
        )
        if verdict.outcome is RegistryOutcome.MATCH and not verdict.refused:
            staff.tell_invited(db, parts.vault, actor.learner_id, now=now)
    verification.refuse(verdict.refused)
    return IdentityOut(outcome=verdict.outcome.value, message=verdict.message, next=verdict.next)


def _ask_registry(parts: Parts, actor: Actor, claim: Claim, now: dt.datetime) -> RegistryAnswer:
    """An outage costs the person none of their day's tries."""
    answer = parts.registry.check(name=claim.name, number=claim.document.number, now=now)
    if answer.outcome in UNANSWERED:
        limits.registry_left_open(parts, person_id=actor.learner_id)
    return answer


@router.post(
    "/identity/dispute",
    responses=may_raise(
        InvalidError, ConflictError, NotSignedInError, ForbiddenError, TooManyRequestsError
    ),
)
def dispute_identity(
    body: IdentityIn, actor: CurrentActor, parts: PartsDep, now: Now
) -> IdentityOut:
    """Say that another account holds one's own number: people look at both."""
    claim = verification.read_claim(body.document_type, body.number, body.name, now=now)
    limits.before_registry(parts, person_id=actor.learner_id, now=now)
    with parts.database.reading() as db:
        disputes.check_may_dispute(db, actor.learner_id)
    answer = _ask_registry(parts, actor, claim, now)
    with parts.database.transaction() as db:
        verdict = disputes.dispute(
            db, parts.vault, learner_id=actor.learner_id, claim=claim, answer=answer, now=now
        )
    verification.refuse(verdict.refused)
    return IdentityOut(outcome=verdict.outcome.value, message=verdict.message, next=verdict.next)


@router.delete(
    "/identity", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def withdraw_identity_review(actor: CurrentActor, db: Db, now: Now) -> None:
    """Take back what waits for a person to look at. Raises NotFoundError where nothing does."""
    verification.take_back(db, actor.learner_id, now=now)


@router.get("/access-log", responses=may_raise(NotSignedInError))
def list_access(actor: CurrentActor, db: ReadDb, parts: PartsDep) -> list[AccessOut]:
    """Who opened the caller's file, when and what for."""
    found = access.list_access(db, parts.vault, actor.learner_id)
    return [AccessOut.model_validate(line) for line in found]


@router.get("/notices", responses=may_raise(NotSignedInError))
def list_notices(actor: CurrentActor, db: ReadDb) -> list[NoticeOut]:
    """List what the caller was told, newest first."""
    return [
        NoticeOut(
            id=notice.notice_id, kind=notice.kind.value, title=notice.title, text=notice.text,
            created_at=notice.created_at, is_read=notice.is_read,
        )
        for notice in inbox.list_notices(db, actor.learner_id)
    ]  # fmt: skip


@router.post(
    "/notices/{notice_id}/read", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def mark_notice_read(notice_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Mark one of the caller's own notices as read."""
    inbox.mark_read(db, actor.learner_id, notice_id, now=now)


@router.get("/devices", responses=may_raise(NotSignedInError))
def list_devices(actor: CurrentActor, db: ReadDb, device_id: DeviceId) -> list[DeviceOut]:
    """The devices whose keys sign the caller's answers."""
    return [
        DeviceOut(
            id=key.key_id, thumbprint=key.thumbprint, registered_at=key.registered_at,
            used_at=key.used_at, is_this=key.device_id == device_id,
        )
        for key in device_keys.active_keys(db, actor.learner_id)
    ]  # fmt: skip


@router.delete(
    "/devices/{key_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def remove_device(key_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Take a device's key away; a new one is registered there at the next passed check."""
    device_keys.remove(db, actor.learner_id, key_id, now=now)


@router.get(
    "/enrolments/{enrolment_id}/bundle", response_class=Response,
    responses=may_raise(NotSignedInError, NotFoundError, ConflictError),
)  # fmt: skip
def download_bundle(
    enrolment_id: RowId, actor: CurrentActor, db: ReadDb, parts: PartsDep, now: Now
) -> Response:
    """The caller's own hours in a course with all that shows them, and the certificate of them."""
    sources = Sources(
        parts.vault, parts.keys, parts.log, parts.storage, parts.settings.public_url,
        parts.settings.former_urls,
    )  # fmt: skip
    body = bundles.make_bundle(db, sources, enrolment_id, learner_id=actor.learner_id, now=now)
    headers = {
        "content-disposition": f'attachment; filename="shixue-{enrolment_id}.json"',
        "cache-control": "no-store",
    }
    return Response(body, media_type="application/json", headers=headers)
