"""The security administrator: who may do what here, and how they get in."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from app.api.problems import READING, WRITING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
)
from app.identity.rules.actors import Actor, Role
from app.identity.rules.administrators import LOCKOUT_NAMES, Change, Lockout
from app.identity.services import administrators, signin
from app.identity.services.administrators import RoleChange
from app.learning.services import sessions
from app.lobby.deps import Db, Now, PartsDep, ReadDb, SecurityAdmin
from app.lobby.letters import Body
from app.lobby.paths import RowId

router = APIRouter(prefix="/security", tags=["security"])
Reason = Annotated[PersonText, Field(min_length=4, max_length=200, strict=True)]
_LOOK_UPS_A_DAY = 200


class PhoneIn(Body):
    phone: Annotated[str, Field(min_length=1, max_length=30)]


class FoundOut(BaseModel):
    person_id: str


class GrantOut(BaseModel):
    role: str
    scope: str
    granted_at: dt.datetime


class StaffFileOut(BaseModel):
    person_id: str
    masked_name: str
    masked_phone: str
    grants: list[GrantOut]
    has_second_factor: bool
    sign_in_count: int


class RoleChangeIn(Body):
    model_config = ConfigDict(strict=False)

    change: Change
    role: Role
    region_code: Annotated[str, Field(pattern=r"^\d{6}$", strict=True)] | None = None
    reason: Reason


class ChangedOut(BaseModel):
    """`case_id` names what another person has to confirm; null where the change stands."""

    case_id: str | None


class ReasonIn(Body):
    model_config = ConfigDict(strict=False)

    reason: Reason


class ChangeAnswerIn(Body):
    model_config = ConfigDict(strict=False)

    confirms: Annotated[bool, Field(strict=True)]
    reason: Annotated[PersonText, Field(max_length=200, strict=True)] | None = None


class WaitingOut(BaseModel):
    case_id: str
    person_id: str
    masked_name: str
    says: str
    reason: str
    by_name: str
    at: dt.datetime


@router.post(
    "/people",
    responses=may_raise(
        InvalidError, NotSignedInError, ForbiddenError, NotFoundError, TooManyRequestsError
    ),
)
def find_person(body: PhoneIn, actor: SecurityAdmin, parts: PartsDep, now: Now) -> FoundOut:
    """Find the account of a phone number, which travels in no address."""
    phone = signin.read_phone(body.phone)
    parts.limiter.take(
        "security.people", actor.account_id, limit=_LOOK_UPS_A_DAY, window_s=24 * 3600, now=now
    )
    with parts.database.reading() as db:
        return FoundOut(person_id=administrators.find(db, parts.vault, phone))


@router.get("/people/{person_id}", responses=READING)
def read_person(
    person_id: RowId, _actor: SecurityAdmin, db: ReadDb, parts: PartsDep, now: Now
) -> StaffFileOut:
    """One person, masked: roles, second factor, sign-ins."""
    file = administrators.staff_file(db, parts.vault, person_id, now=now)
    return StaffFileOut(
        person_id=person_id, masked_name=file.person.masked_name,
        masked_phone=file.person.masked_phone, has_second_factor=file.has_second_factor,
        sign_in_count=file.sign_in_count,
        grants=[
            GrantOut(role=each.role.value, scope=each.scope, granted_at=each.granted_at)
            for each in file.grants
        ],
    )  # fmt: skip


@router.post("/people/{person_id}/roles", responses=WRITING)
def change_role(
    person_id: RowId, body: RoleChangeIn, actor: SecurityAdmin, db: Db, now: Now
) -> ChangedOut:
    """Give or take a role; an administrator's, and making a reviewer, takes another's yes."""
    wanted = RoleChange(
        person_id=person_id, change=body.change, role=body.role, region_code=body.region_code,
        reason=body.reason,
    )  # fmt: skip
    return ChangedOut(case_id=administrators.change(db, wanted, actor=actor, now=now))


@router.post("/people/{person_id}/second-factor-reset", responses=WRITING)
def reset_second_factor(
    person_id: RowId, body: ReasonIn, actor: SecurityAdmin, db: Db, now: Now
) -> ChangedOut:
    """Take lost second factors away; an administrator's take another person's confirmation."""
    return _lock_out(db, person_id, Lockout.RESET, body.reason, actor, now)


@router.delete(
    "/people/{person_id}/sign-ins",
    responses=WRITING,
)
def sign_out_everywhere(person_id: RowId, actor: SecurityAdmin, db: Db, now: Now) -> ChangedOut:
    """End every sign-in of a person, with the open session (R19); as above for administrators."""
    return _lock_out(db, person_id, Lockout.SIGN_OUT, LOCKOUT_NAMES[Lockout.SIGN_OUT], actor, now)


def _lock_out(
    db: Db, person_id: str, lockout: Lockout, reason: str, actor: Actor, now: dt.datetime
) -> ChangedOut:
    case_id = administrators.lock_out(
        db, person_id, lockout, reason=reason, actor=actor, now=now
    )  # fmt: skip
    if case_id is None:
        sessions.close_open(db, person_id, now=now)
    return ChangedOut(case_id=case_id)


@router.get("/changes", responses=may_raise(NotSignedInError, ForbiddenError))
def list_changes(_actor: SecurityAdmin, db: ReadDb, parts: PartsDep) -> list[WaitingOut]:
    """The changes that wait for another person."""
    return [
        WaitingOut(
            case_id=each.case_id, person_id=each.person_id, masked_name=each.masked_name,
            says=each.says, reason=each.reason, by_name=each.by_name, at=each.at,
        )
        for each in administrators.waiting(db, parts.vault)
    ]  # fmt: skip


@router.post(
    "/changes/{case_id}/confirmation", status_code=status.HTTP_204_NO_CONTENT, responses=WRITING
)
def answer_change(
    case_id: RowId, body: ChangeAnswerIn, actor: SecurityAdmin, db: Db, now: Now
) -> None:
    """Confirm a change that another person proposed, or send it back with a reason."""
    if body.confirms:
        gone_id = administrators.confirm(db, case_id, actor=actor, now=now)
        if gone_id is not None:
            sessions.close_open(db, gone_id, now=now)
    else:
        reason = body.reason or ""
        administrators.send_back(db, case_id, reason=reason, actor=actor, now=now)
