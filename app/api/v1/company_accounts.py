"""Signing in with the account of one's company, and linking it to the person first."""

from typing import Annotated

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from app.api.problems import READING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    AppError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotSignedInError,
    TooManyRequestsError,
    UnavailableError,
)
from app.identity.rules.actors import Actor
from app.identity.rules.company_sign_ins import SENTENCES, Trouble
from app.identity.services import company_accounts, company_trips
from app.identity.services.company_trips import CameBack, CompanyError, Entered, Taken
from app.lobby import cookies, limits
from app.lobby.deps import (
    CallerAddress,
    CurrentActor,
    Db,
    DeviceId,
    DeviceLabel,
    InsideWecom,
    MaybeActor,
    Now,
    PartsDep,
)
from app.lobby.letters import Body
from app.lobby.parts import Parts
from app.lobby.paths import Id, RowId
from app.org.services import organisations

router = APIRouter(tags=["sign-in"])
_GIVEN = Field(default=None, max_length=4000)


class OrganisationNamed(Body):
    organisation: Annotated[PersonText, Field(min_length=2, max_length=120)]


class LinkIn(Body):
    org_id: Id


class CameBackIn(Body):
    """What the company's page put into the address, as it stands there, and whose address it is."""

    org_id: Id
    state: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[str | None, _GIVEN]
    iss: Annotated[str | None, _GIVEN]
    error: Annotated[str | None, _GIVEN]


class WayOut(BaseModel):
    """The company's page to go to."""

    address: str


class CameOut(BaseModel):
    next: str


@router.post(
    "/auth/company", responses=may_raise(
        InvalidError, NotFoundError, ForbiddenError, ConflictError, TooManyRequestsError,
        UnavailableError,
    ),
)  # fmt: skip
def begin_sign_in(
    *, body: OrganisationNamed, parts: PartsDep, now: Now, device_id: DeviceId,
    address: CallerAddress, is_inside: InsideWecom,
) -> WayOut:  # fmt: skip
    """Begin to sign in with the account of an organisation, by its name or code."""
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    with parts.database.reading() as db:
        org_id = organisations.find_named(db, body.organisation)
    return _depart(parts, org_id, device_id=device_id, actor=None, is_inside=is_inside, now=now)


@router.post(
    "/me/company-accounts", responses=may_raise(
        InvalidError, NotSignedInError, NotFoundError, ForbiddenError, ConflictError,
        TooManyRequestsError, UnavailableError,
    ),
)  # fmt: skip
def begin_link(
    *, body: LinkIn, actor: CurrentActor, parts: PartsDep, now: Now, device_id: DeviceId,
    address: CallerAddress, is_inside: InsideWecom,
) -> WayOut:  # fmt: skip
    """Begin to link the account that an organisation gave the caller, who acts for it."""
    company_trips.check_may_link(actor, body.org_id)
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    return _depart(
        parts, body.org_id, device_id=device_id, actor=actor, is_inside=is_inside, now=now
    )


def _depart(
    parts: Parts, org_id: str | None, *, device_id: str, actor: Actor | None, is_inside: bool,
    now: Now,
) -> WayOut:  # fmt: skip
    with parts.database.reading() as db:
        leaving = company_trips.leave(db, parts.vault, org_id)
    with parts.database.transaction() as db:
        going = company_trips.begin(
            db, parts.keys, leaving, public_url=parts.settings.public_url,
            device_id=device_id, actor=actor, now=now,
        )  # fmt: skip
    # Outside of any transaction: the company may take seconds to answer.
    try:
        return WayOut(
            address=parts.companies.address(leaving.door, going, now=now, is_inside=is_inside)
        )
    except CompanyError as error:
        raise _refusal(error.trouble) from None


@router.post(
    "/auth/company/return", responses=may_raise(
        InvalidError, ForbiddenError, ConflictError, TooManyRequestsError, UnavailableError
    ),
)  # fmt: skip
def come_back(
    *, body: CameBackIn, response: Response, actor: MaybeActor, parts: PartsDep, now: Now,
    device_id: DeviceId, device_label: DeviceLabel, address: CallerAddress,
) -> CameOut:  # fmt: skip
    """Come back from the company's page: signed in, or with the account linked."""
    limits.before_sign_in(parts, device_id=device_id, address=address, now=now)
    back = CameBack(body.org_id, body.state, body.code)
    with parts.database.transaction() as db:
        taken = company_trips.take(
            db, parts.vault, parts.keys, back, public_url=parts.settings.public_url,
            device_id=device_id, actor=actor, now=now,
        )  # fmt: skip
    if isinstance(taken, Trouble):
        raise _refusal(taken)
    ended: Entered | Trouble | None
    try:
        came = _ask(parts, taken, body, now)
    except CompanyError as error:
        ended = error.trouble
    else:
        with parts.database.transaction() as db:
            if taken.person_id is not None:
                ended = company_trips.link(db, parts.vault, taken, came, actor=actor, now=now)
            else:
                ended = company_trips.enter(
                    db, parts.vault, parts.keys, parts.settings.sign_in, taken, came,
                    device_id=device_id, device_label=device_label, now=now,
                )  # fmt: skip
    if ended is None:
        return CameOut(next="/me/company-accounts")
    if isinstance(ended, Entered):
        cookies.set_sign_in(response, ended.tokens, parts.settings)
        return CameOut(next=ended.next)
    with parts.database.transaction() as db:
        company_trips.note_failed(db, taken.setting_id, ended, now=now)
    raise _refusal(ended)


def _ask(parts: Parts, taken: Taken, body: CameBackIn, now: Now) -> company_trips.Came:
    """Ask the company who came. Raises CompanyError."""
    parts.companies.check_answerer(taken.door, body.iss, now=now)
    if body.error is not None or not body.code:
        # Who says no to 企业微信 comes back with neither.
        is_no = body.error in ("access_denied", None)
        raise CompanyError(Trouble.DENIED if is_no else Trouble.REFUSED, "error")
    return parts.companies.came(taken.door, taken.going, body.code, now=now)


def _refusal(trouble: Trouble) -> AppError:
    sentence, remedy = SENTENCES[trouble]
    if trouble is Trouble.AWAY:
        return UnavailableError(sentence, code=trouble.value, retry_after_s=60, remedy=remedy)
    return ConflictError(sentence, code=trouble.value, remedy=remedy)


@router.delete(
    "/me/company-accounts/{account_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def unlink(account_id: RowId, actor: CurrentActor, db: Db, now: Now) -> None:
    """Take one of the caller's company accounts away; what it had opened ends."""
    company_accounts.unlink(db, actor.account_id, account_id, now=now)
