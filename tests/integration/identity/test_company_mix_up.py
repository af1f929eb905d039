"""Two organisations, one of them in bad hands: a code of one is never handed to the other.

RFC 9700, section 4.4 (mix-up) and section 4.5 (a stolen code brought to another's trip).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.audit import AuditEvent
from app.identity.models.signing import SignIn
from app.identity.providers.simulation.company_side import AGENT_ID, CORP_ID, CompanySide
from app.identity.rules.company_sign_ins import CompanyKind
from app.lobby.parts import Parts
from app.main import create_app
from tests.companies import (
    NAME,
    at_company,
    come_back,
    company_server,
    found,
    leave,
    linked,
    set_up,
)
from tests.contract.household import BOSS
from tests.people import CAROL, sign_in

BAD_USCC, BAD_NAME = "91350100M000100Y43", "另一家单位"


@dataclass(frozen=True, slots=True)
class Two:
    """The good organisation, whose agent is linked as wang, and the one in bad hands."""

    good: CompanySide
    bad: CompanySide
    good_org: str
    bad_org: str


@pytest.fixture
def kind() -> CompanyKind:
    return CompanyKind.OIDC


@pytest.fixture
def two(parts: Parts, client: TestClient, kind: CompanyKind) -> Iterator[Two]:
    with company_server(parts) as good, company_server(parts) as bad:
        good_org = found(parts, BOSS)
        bad_org = found(parts, CAROL, uscc=BAD_USCC, name=BAD_NAME)
        # Most providers do not say who answered (RFC 9207).
        for side in (good.company, bad.company):
            side.metadata = {"authorization_response_iss_parameter_supported": False}
        set_up(parts, good_org, good.company, kind=kind)
        set_up(parts, bad_org, bad.company)
        base = parts.settings.public_url.rstrip("/")
        good.company.registered = f"{base}/sign-in/company/return/{good_org}"
        sign_in(client, parts, BOSS)
        linked(client, good_org, "wang")
        yield Two(good.company, bad.company, good_org, bad_org)


@pytest.fixture
def attacker(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts), follow_redirects=False) as opened:
        yield opened


def _to_the_bad(client: TestClient) -> dict[str, str]:
    """The victim leaves for the bad organisation, which reads what is asked of it."""
    way = leave(client, organisation=BAD_NAME)
    assert way.status_code == 200, way.text
    return dict(parse_qsl(urlsplit(way.json()["address"]).query))


def _sign_ins(parts: Parts) -> int:
    with parts.database.reading() as db:
        query = select(SignIn).where(SignIn.company_account_id.is_not(None))
        return len(db.scalars(query).all())


def _troubles(parts: Parts) -> list[str]:
    with parts.database.reading() as db:
        query = select(AuditEvent.facts).where(AuditEvent.event == "company_sign_in.failed")
        return sorted(facts["trouble"] for facts in db.scalars(query))


def test_code_of_one_is_not_asked_about_at_the_other(
    client: TestClient, parts: Parts, two: Two
) -> None:
    asked = _to_the_bad(client)
    page = f"{two.good.url}/authorize"
    answer = httpx.post(
        f"{page}?{urlencode(asked)}", data={"subject": "wang", "choice": "go"}, trust_env=False
    )
    assert answer.status_code == 400  # the good one leads nobody to another's address
    asked["redirect_uri"] = two.good.registered
    given = at_company(f"{page}?{urlencode(asked)}", "wang")
    given.pop("iss")
    answer = come_back(client, given)
    assert (answer.status_code, answer.json()["code"]) == (409, "company_mixed_up")
    assert two.bad.asked_for == []
    assert _troubles(parts) == ["company_mixed_up"]
    assert come_back(client, given | {"org_id": two.bad_org}).json()["code"] == "company_lost"


@pytest.mark.parametrize("kind", [CompanyKind.WECOM])
def test_code_that_the_other_was_asked_about_opens_nothing(
    client: TestClient, parts: Parts, two: Two, attacker: TestClient
) -> None:
    """企业微信 leads to any address of a domain: the bad one hears the code, once it is spent."""
    asked = _to_the_bad(client)
    said = {
        "appid": CORP_ID, "agentid": AGENT_ID, "login_type": "CorpApp",
        "redirect_uri": asked["redirect_uri"], "state": asked["state"],
    }  # fmt: skip
    given = at_company(f"{two.good.url}/wwlogin/sso/login?{urlencode(said)}", "wang")
    assert given["org_id"] == two.bad_org
    assert come_back(client, given).json()["code"] == "company_refused"
    assert two.bad.asked_for == [given["code"]]
    own = dict(parse_qsl(urlsplit(leave(attacker, organisation=NAME).json()["address"]).query))
    stolen = {"org_id": two.good_org, "state": own["state"], "code": given["code"]}
    answer = come_back(attacker, stolen)
    assert (answer.status_code, answer.json()["code"]) == (409, "company_mixed_up")
    assert _sign_ins(parts) == 0
    assert _troubles(parts) == ["company_mixed_up", "company_refused"]
