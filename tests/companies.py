"""A company with a sign-in of its own, and the way of a browser to it and back."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from httpx import Response
from starlette.testclient import TestClient

from app.identity.providers.simulation import Population, VendorServer
from app.identity.providers.simulation.company_side import AGENT_ID, CLIENT_ID, CORP_ID, CompanySide
from app.identity.rules.actors import Role
from app.identity.rules.company_sign_ins import CompanyKind
from app.identity.services import company_sign_ins
from app.lobby.parts import Parts
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.people import Someone, csrf, prove

USCC, NAME = "91510100MA6CX101X8", "岷江电子"


@contextmanager
def company_server(parts: Parts) -> Iterator[VendorServer]:
    """Serve a company whose clock is the product's."""
    server = VendorServer(Population({}), lambda *_: None).start()
    server.company.now = parts.clock.now
    yield server
    server.close()


@contextmanager
def company_alone(now: dt.datetime) -> Iterator[VendorServer]:
    """Serve a company of no employer, whose clock stands still."""
    server = VendorServer(Population({}), lambda *_: None).start()
    server.company.now = lambda: now
    yield server
    server.close()


def found(parts: Parts, who: Someone, *, uscc: str = USCC, name: str = NAME) -> str:
    """Enter an employer for whom somebody acts; returns its id."""
    account, now = prove(parts, who), parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.EMPLOYER, name=name, uscc=uscc, prefecture_code="510100",
            now=now,
        )  # fmt: skip
        organisations.add_member(db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, now=now)
    return org_id


def set_up(
    parts: Parts,
    org_id: str,
    company: CompanySide,
    *,
    trusts: bool = False,
    issuer: str = "",
    kind: CompanyKind = CompanyKind.OIDC,
) -> str:
    """Let an organisation's staff come in by a company; returns the setting's id."""
    wanted = company_sign_ins.Wanted(
        kind=kind, name="统一登录", issuer=issuer or company.url, agent_id=AGENT_ID,
        client_id=CLIENT_ID if kind is CompanyKind.OIDC else CORP_ID,
        secret=company.client_secret, trusts_second_factor=trusts,
    )  # fmt: skip
    with parts.database.transaction() as db:
        company_sign_ins.put(
            db, parts.vault, org_id, wanted, may_be_plain=True, actor_id="0" * 26,
            now=parts.clock.now(),
        )  # fmt: skip
    with parts.database.reading() as db:
        view = company_sign_ins.view(db, org_id)
    assert view is not None
    return view.setting_id


def leave(client: TestClient, *, organisation: str = NAME) -> Response:
    body = {"organisation": organisation}
    return client.post("/api/v1/auth/company", json=body, headers=csrf(client))


def leave_to_link(client: TestClient, org_id: str) -> Response:
    body = {"org_id": org_id}
    return client.post("/api/v1/me/company-accounts", json=body, headers=csrf(client))


def at_company(address: str, subject: str, *, mfa: bool = False) -> dict[str, str]:
    """Fill the company's page in; returns what our page sends of the address it leads back to."""
    form = {"subject": subject, "choice": "go"} | ({"mfa": "on"} if mfa else {})
    answer = httpx.post(address, data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["location"])
    given = {name: value[0] for name, value in parse_qs(back.query).items()}
    return given | {"org_id": back.path.rpartition("/")[2]}


def come_back(client: TestClient, given: dict[str, str]) -> Response:
    return client.post("/api/v1/auth/company/return", json=given, headers=csrf(client))


def linked(client: TestClient, org_id: str, subject: str) -> None:
    """Link an account of the company to whoever is signed in."""
    way = leave_to_link(client, org_id)
    assert way.status_code == 200, way.text
    answer = come_back(client, at_company(way.json()["address"], subject))
    assert answer.status_code == 200, answer.text
