"""An employer's agent in the tests, and calls with the page's token."""

from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.people import Someone, csrf, prove, sign_in

USCC = "91510100MA6CX101X8"
CHOSEN = {"purpose": "safety", "aim": "persons"}
"""What an assignment says that asks people who are chosen one by one."""


def agent(client: TestClient, parts: Parts, who: Someone, *, uscc: str = USCC) -> TestClient:
    """Sign somebody in who acts for a new employer."""
    sign_in(client, parts, who)
    found_employer(parts, who, uscc=uscc)
    return client


def found_employer(parts: Parts, who: Someone, *, uscc: str = USCC) -> str:
    """An employer for which somebody acts, whose name is proven; returns its id."""
    account = prove(parts, who)
    now = parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.EMPLOYER, name="岷江电子", uscc=uscc,
            prefecture_code="510100", now=now,
        )  # fmt: skip
        organisations.add_member(db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, now=now)
    return org_id


def post(client: TestClient, path: str, body: dict):
    return client.post(f"/api/v1{path}", json=body, headers=csrf(client))


def put(client: TestClient, path: str, body: dict):
    return client.put(f"/api/v1{path}", json=body, headers=csrf(client))


def delete(client: TestClient, path: str):
    return client.delete(f"/api/v1{path}", headers=csrf(client))
