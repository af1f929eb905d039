"""The pages of company accounts: the way in, the way back, and what is linked."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.identity.services import company_accounts, company_sign_ins
from app.identity.services.company_accounts import LinkView
from app.lobby.deps import CurrentActor, ReadDb
from app.lobby.paths import RowId
from app.org.services import organisations
from app.web.rendering import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CompanyChoice:
    """An organisation of the person's that has a sign-in of its own."""

    org_id: str
    organisation: str
    name: str


@dataclass(frozen=True, slots=True)
class CompanyAccountsPage:
    links: tuple[LinkView, ...]
    choices: tuple[CompanyChoice, ...]


@router.get("/sign-in/company")
def sign_in_by_company(request: Request) -> HTMLResponse:
    """Ask for the organisation, then lead to its own page."""
    return render(request, "public/company.html", None)


@router.get("/sign-in/company/return/{org_id}")
def come_back_from_company(request: Request, org_id: RowId) -> HTMLResponse:
    """Hand what the company's page put into the address to the API, which writes."""
    return render(request, "public/company_return.html", org_id)


@router.get("/me/company-accounts")
def list_company_accounts(request: Request, actor: CurrentActor, db: ReadDb) -> HTMLResponse:
    """What is linked, and what can be."""
    links = company_accounts.links_of(db, actor.account_id)
    linked = {each.setting_id for each in links}
    choices = []
    for org in organisations.named(db, actor.org_ids):
        setting = company_sign_ins.view(db, org.org_id)
        if setting is not None and setting.is_on and setting.setting_id not in linked:
            choices.append(CompanyChoice(org.org_id, org.name, setting.name))
    page = CompanyAccountsPage(links, tuple(choices))
    return render(request, "worker/company_accounts.html", page)
