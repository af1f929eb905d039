"""企业微信 over real HTTP: a member comes in, nobody else, and every refusal has a sentence."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.identity.providers.companies import CompanyDoors
from app.identity.providers.company_doors import CompanyError, Door, Going
from app.identity.providers.simulation import VendorServer
from app.identity.providers.simulation.company_side import AGENT_ID, CORP_ID, CompanySide
from app.identity.providers.simulation.faults import Fault
from app.identity.rules.company_sign_ins import (
    SENTENCES,
    WECOM_API,
    CompanyKind,
    Trouble,
    wecom_trouble,
)
from app.lobby.parts import Parts
from app.main import create_app
from tests.companies import (
    at_company,
    come_back,
    company_alone,
    company_server,
    found,
    leave,
    linked,
    set_up,
)
from tests.contract.household import BOSS
from tests.people import sign_in

NOW = dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)
GOING = Going("http://localhost/sign-in/company/return/0", "a" * 64, "n", "v")


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with company_alone(NOW) as opened:
        yield opened


@pytest.fixture
def company(server: VendorServer) -> CompanySide:
    return server.company


@pytest.fixture
def doors() -> CompanyDoors:
    return CompanyDoors(may_be_plain=True)


@pytest.fixture
def door(company: CompanySide) -> Door:
    return Door(
        CompanyKind.WECOM, company.url, CORP_ID, AGENT_ID, company.client_secret,
        trusts_second_factor=False,
    )  # fmt: skip


def _trouble(doors: CompanyDoors, door: Door, code: str) -> Trouble:
    with pytest.raises(CompanyError) as caught:
        doors.came(door, GOING, code, now=NOW)
    assert all(SENTENCES[caught.value.trouble])
    return caught.value.trouble


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_member_is_known_by_scan_and_inside(
    doors: CompanyDoors, door: Door, *, is_inside: bool
) -> None:
    address = doors.address(door, GOING, now=NOW, is_inside=is_inside)
    assert ("#wechat_redirect" in address) is is_inside
    given = at_company(address.partition("#")[0], "WangJianGuo")
    assert given["state"] == GOING.state
    came = doors.came(door, GOING, given["code"], now=NOW)
    assert (came.subject, came.amr) == ("wangjianguo", ())
    assert _trouble(doors, door, given["code"]) is Trouble.REFUSED, "a code counts once"


def test_its_own_pages_are_where_its_documents_say(door: Door) -> None:
    own = CompanyDoors(may_be_plain=False)
    real = replace(door, issuer=WECOM_API)
    scan = urlsplit(own.address(real, GOING, now=NOW))
    inside = urlsplit(own.address(real, GOING, now=NOW, is_inside=True))
    assert (scan.netloc, scan.path) == ("login.work.weixin.qq.com", "/wwlogin/sso/login")
    assert (inside.netloc, inside.path) == ("open.weixin.qq.com", "/connect/oauth2/authorize")
    with pytest.raises(CompanyError):
        own.address(replace(door, issuer="https://evil.example"), GOING, now=NOW)


def test_who_is_no_member_stays_out(doors: CompanyDoors, door: Door, company: CompanySide) -> None:
    assert _trouble(doors, door, company.grant({}, "outside-1")) is Trouble.OUTSIDER


def test_the_access_token_is_kept_and_renewed(
    doors: CompanyDoors, door: Door, company: CompanySide, server: VendorServer
) -> None:
    for _ in range(2):
        assert doors.came(door, GOING, company.grant({}, "wang"), now=NOW).subject == "wang"
    assert server.asked == 3, "one token for two people"
    company.access_token = "taken back"  # noqa: S105 -- none at all
    assert doors.came(door, GOING, company.grant({}, "wang"), now=NOW).subject == "wang"
    later = NOW + dt.timedelta(hours=2)
    company.now = lambda: later
    asked = server.asked
    assert doors.came(door, GOING, company.grant({}, "wang"), now=later).subject == "wang"
    assert server.asked == asked + 2


@pytest.mark.parametrize(("change", "wanted"), [
    ({"client_id": "ww1"}, Trouble.ILL_SET), ({"secret": "wrong"}, Trouble.ILL_SET),
])  # fmt: skip
def test_a_wrong_setting_says_so(
    change: dict[str, str], wanted: Trouble, doors: CompanyDoors, door: Door
) -> None:
    assert _trouble(doors, replace(door, **change), "x") is wanted


@pytest.mark.parametrize(("errcode", "wanted"), [
    (-1, Trouble.AWAY), (45009, Trouble.AWAY), (40029, Trouble.REFUSED), (42003, Trouble.REFUSED),
    (40001, Trouble.ILL_SET), (40013, Trouble.ILL_SET), (50001, Trouble.ILL_SET),
    (60020, Trouble.ILL_SET), (48002, Trouble.ILL_SET), (None, Trouble.ILL_SET),
    ("0", Trouble.ILL_SET),
])  # fmt: skip
def test_every_errcode_has_an_outcome(errcode: object, wanted: Trouble) -> None:
    assert wecom_trouble(errcode) is wanted


@pytest.mark.parametrize("fault", [
    Fault.SERVER_ERROR, Fault.WRONG_BODY, Fault.WRONG_SHAPE, Fault.EMPTY, Fault.HUGE,
    Fault.REDIRECT, Fault.TRUNCATED,
])  # fmt: skip
@pytest.mark.parametrize("place", [0, 1])
def test_one_that_fails_lets_nobody_in(
    fault: Fault, place: int, doors: CompanyDoors, door: Door, server: VendorServer
) -> None:
    server.misbehave([*[None] * place, fault])
    code = server.company.grant({}, "wang")
    assert _trouble(doors, door, code) in {Trouble.AWAY, Trouble.ILL_SET}


def test_linked_once_and_in_by_it(client: TestClient, parts: Parts) -> None:
    """No second factor is ever taken from it."""
    org_id = found(parts, BOSS)
    with company_server(parts) as server:
        set_up(parts, org_id, server.company, kind=CompanyKind.WECOM)
        sign_in(client, parts, BOSS)
        linked(client, org_id, "wang")
        with TestClient(create_app(parts), follow_redirects=False) as other:
            given = at_company(leave(other).json()["address"], "Wang", mfa=True)
            answer = come_back(other, given)
            assert answer.json() == {"next": "/second-factor?next=/employer"}
            no = leave(other).json()["address"].partition("state=")[2][:64]
            answer = come_back(other, {"org_id": org_id, "state": no})
            assert answer.json()["code"] == "company_denied"
