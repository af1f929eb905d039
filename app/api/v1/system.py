"""The system administrator: organisations, and who acts for them."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from app.api.lists import ListOut, way_on
from app.api.problems import READING, WRITING, may_raise
from app.api.v1.texts import PersonText
from app.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotSignedInError,
)
from app.identity.rules.company_sign_ins import CompanyKind
from app.identity.services import company_sign_ins, signin
from app.lobby.deps import Db, Now, PartsDep, ReadDb, SystemAdmin
from app.lobby.letters import Body
from app.lobby.lists import AskedList
from app.lobby.paths import RowId
from app.lobby.sought import SearchText
from app.org.rules.organisations import OrganisationKind
from app.org.services import administration, organisations

router = APIRouter(prefix="/system", tags=["system"])


class OrganisationIn(Body):
    model_config = ConfigDict(strict=False)

    kind: OrganisationKind
    name: Annotated[PersonText, Field(min_length=2, max_length=120, strict=True)]
    uscc: Annotated[PersonText, Field(min_length=1, max_length=30, strict=True)]
    prefecture_code: Annotated[str, Field(pattern=r"^\d{6}$", strict=True)]


class EnteredOut(BaseModel):
    org_id: str


class AgentIn(Body):
    phone: Annotated[str, Field(min_length=1, max_length=30)]


class CompanyIn(Body):
    """An organisation's own sign-in; without a secret the one that is there stays."""

    kind: Annotated[CompanyKind, Field(strict=False)] = CompanyKind.OIDC
    name: Annotated[PersonText, Field(min_length=2, max_length=60)]
    issuer: Annotated[str, Field(min_length=1, max_length=300)]
    agent_id: Annotated[str, Field(max_length=20, pattern=r"^[0-9]*$")] = ""
    client_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
    secret: Annotated[str, Field(max_length=500, pattern=r"^[!-~]*$")] = ""
    trusts_second_factor: bool = False


class SwitchIn(Body):
    is_on: bool


class OrganisationOut(BaseModel):
    org_id: str
    kind: str
    name: str
    uscc: str
    prefecture_code: str


class OrganisationsOut(ListOut):
    items: list[OrganisationOut]


@router.get("/organisations", responses=may_raise(InvalidError, NotSignedInError, ForbiddenError))
def list_organisations(
    _actor: SystemAdmin,
    db: ReadDb,
    asked: AskedList,
    q: SearchText = "",
) -> OrganisationsOut:
    """Organisations whose name or code holds a text; `sort` is name, kind, uscc or made."""
    found = administration.list_organisations(db, q, asked)
    return OrganisationsOut(
        **way_on(found),
        items=[
            OrganisationOut(
                org_id=each.org_id, kind=each.kind.value, name=each.name, uscc=each.uscc,
                prefecture_code=each.prefecture_code,
            )
            for each in found.items
        ],
    )  # fmt: skip


@router.post(
    "/organisations", status_code=status.HTTP_201_CREATED,
    responses=may_raise(InvalidError, NotSignedInError, ForbiddenError, ConflictError),
)  # fmt: skip
def enter_organisation(body: OrganisationIn, actor: SystemAdmin, db: Db, now: Now) -> EnteredOut:
    """Enter an employer or an institution under its unified social credit code."""
    org_id = organisations.create_organisation(
        db, kind=body.kind, name=body.name, uscc=body.uscc, prefecture_code=body.prefecture_code,
        now=now, actor_id=actor.account_id,
    )  # fmt: skip
    return EnteredOut(org_id=org_id)


@router.post(
    "/organisations/{org_id}/agents", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def add_agent(
    org_id: RowId, body: AgentIn, actor: SystemAdmin, db: Db, parts: PartsDep, now: Now
) -> None:
    """Let the person of a phone number act for an organisation."""
    phone = signin.read_phone(body.phone)
    administration.add_agent(db, parts.vault, org_id, phone, actor=actor, now=now)


@router.delete(
    "/organisations/{org_id}/agents/{person_id}", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def remove_agent(org_id: RowId, person_id: RowId, actor: SystemAdmin, db: Db, now: Now) -> None:
    """Let a person act for an organisation no more; counts from their next request on."""
    administration.remove_agent(db, org_id, person_id, actor=actor, now=now)


@router.put(
    "/organisations/{org_id}/company-sign-in", status_code=status.HTTP_204_NO_CONTENT,
    responses=WRITING,
)  # fmt: skip
def set_company_sign_in(
    org_id: RowId, body: CompanyIn, actor: SystemAdmin, db: Db, parts: PartsDep, now: Now
) -> None:
    """Let an organisation's staff sign in with the accounts that it gave them."""
    wanted = company_sign_ins.Wanted(
        kind=body.kind, name=body.name, issuer=body.issuer, client_id=body.client_id,
        agent_id=body.agent_id, secret=body.secret,
        trusts_second_factor=body.trusts_second_factor,
    )  # fmt: skip
    administration.set_company_sign_in(
        db, parts.vault, org_id, wanted, may_be_plain=parts.companies.may_be_plain, actor=actor,
        now=now,
    )  # fmt: skip


@router.put(
    "/organisations/{org_id}/company-sign-in/switch", status_code=status.HTTP_204_NO_CONTENT,
    responses=READING,
)  # fmt: skip
def switch_company_sign_in(
    org_id: RowId, body: SwitchIn, actor: SystemAdmin, db: Db, now: Now
) -> None:
    """Switch an organisation's sign-in on or off; off ends the sign-ins that it opened."""
    administration.switch_company_sign_in(db, org_id, is_on=body.is_on, actor=actor, now=now)
