"""Reviewers at the desk: two of them, because what is grave wants two."""

from collections.abc import Iterator
from contextlib import contextmanager

from httpx import Response
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.identity.services import roles
from app.lobby.parts import Parts
from app.main import create_app
from tests.people import MALLORY, Someone, csrf, prove, sign_in

WU = Someone("13800000006", "吴静", "510903197107210500")


def with_role(client: TestClient, parts: Parts, role: Role, who: Someone = MALLORY) -> str:
    """Sign somebody in who has a role; returns the account."""
    account = str(sign_in(client, parts, who)["account_id"])
    prove(parts, who)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=role, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    return account


@contextmanager
def reviewer(parts: Parts, who: Someone = WU) -> Iterator[TestClient]:
    """A verified reviewer with a browser of their own."""
    if isinstance(parts.clock, SettableClock):
        parts.clock.advance(ms=1000)  # a code that is newer than any before
    with TestClient(create_app(parts)) as client:
        with_role(client, parts, Role.REVIEWER, who)
        yield client


def post(client: TestClient, path: str, body: dict[str, object]) -> Response:
    return client.post(f"/api/v1{path}", json=body, headers=csrf(client))


def on_case(client: TestClient, case_id: str, verb: str, **body: object) -> Response:
    return post(client, f"/desk/cases/{case_id}/{verb}", body)


def only_case(client: TestClient, kind: str, state: str = "open") -> dict:
    """The one case of a kind, as the desk lists it."""
    [case] = client.get(f"/api/v1/desk/cases?kind={kind}&state={state}").json()["cases"]
    return case
