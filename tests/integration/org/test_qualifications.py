"""An organisation states what it is; the desk confirms it; the directory shows it by its days."""

import base64

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.crypto import OWN
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.qualifications import OrgQualification
from app.org.rules.organisations import OrganisationKind
from app.org.services import organisations
from tests.employers import agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, Someone, prove, sign_in
from tests.reviewers import on_case, only_case, reviewer, with_role

PAPER = b"%PDF-1.7 " + b"a paper" * 300
STATED = {
    "kind": "training_licence", "number": "人社民 5101004000001 号", "valid_from": "2026-01-01",
    "valid_until": "2026-12-31", "proof": base64.b64encode(PAPER).decode(),
}  # fmt: skip
ADMIN = Someone("13800000015", "安安", "510101199001010052")
USCC = "91330106673959654P"


def _school(client: TestClient, parts: Parts) -> TestClient:
    """Somebody who answers for an institution."""
    account = prove(parts, MALLORY)
    now = parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.INSTITUTION, name="成都电子行业协会", uscc=USCC,
            prefecture_code="510100", type_code="association", now=now,
        )  # fmt: skip
        organisations.add_member(
            db, org_id=org_id, learner_id=account, role=Role.INSTITUTION, now=now
        )
    sign_in(client, parts, MALLORY)
    return client


def _confirm(parts: Parts) -> None:
    with reviewer(parts) as desk:
        case_id = only_case(desk, "qualification")["id"]
        assert "成都电子行业协会" in desk.get(f"/desk/cases/{case_id}").text
        unread = on_case(desk, case_id, "decision", decision="approve", reason="一致")
        assert unread.json()["code"] == "not_read"
        shown = desk.get(f"/api/v1/desk/cases/{case_id}/licence")
        assert (shown.content, shown.headers["content-type"]) == (PAPER, "application/pdf")
        done = on_case(desk, case_id, "decision", decision="approve", reason="与文件一致")
        assert done.status_code == 200, done.text


def _listed(client: TestClient, **query: str) -> list[tuple[str, str]]:
    found = client.get("/api/v1/institutions", params=query).json()["items"]
    return [(each["name"], each["listing"]) for each in found]


def test_what_is_confirmed_is_in_the_directory_until_its_last_day(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    school = _school(client, parts)
    assert post(school, "/org/qualifications", STATED).status_code == 201
    with TestClient(create_app(parts)) as anybody:
        assert _listed(anybody) == []
        _confirm(parts)
        assert _listed(anybody) == [("成都电子行业协会", "listed")]
        page = anybody.get("/institutions").text
        for told in ("成都电子行业协会", "行业协会（学会）", "成都市", "2026-12-31", "快到期"):
            assert told in page
        assert PAPER.decode()[:20] not in page
        for query, count in (
            ({"q": "电子"}, 1), ({"q": "没有"}, 0), ({"q": USCC.lower()}, 1),
            ({"prefecture": "510100"}, 1), ({"prefecture": "510300"}, 0), ({"sort": "-name"}, 1),
        ):  # fmt: skip
            assert len(_listed(anybody, **query)) == count, query
        assert "没有找到" in anybody.get("/institutions?q=没有").text
        clock.advance(ms=40 * 24 * 3600 * 1000)
        assert _listed(anybody) == [("成都电子行业协会", "expired")]
        assert "已过期" in anybody.get("/institutions").text


def test_a_suspended_institution_is_shown_as_that(client: TestClient, parts: Parts) -> None:
    school = _school(client, parts)
    post(school, "/org/qualifications", STATED)
    _confirm(parts)
    with parts.database.reading() as db:
        org_id = organisations.find_by_uscc(db, USCC)
    with TestClient(create_app(parts)) as admin:
        with_role(admin, parts, Role.ADMIN, ADMIN)
        address = f"/system/organisations/{org_id}/suspension"
        assert put(admin, address, {"reason": "被投诉，核查中"}).status_code == 204
        assert _listed(admin) == [("成都电子行业协会", "suspended")]
        assert "被投诉" not in admin.get("/institutions").text
    late = post(school, "/org/qualifications", STATED | {"kind": "directory_entry"})
    assert late.json()["code"] == "org_suspended"


def test_refused_with_a_reason_it_is_stated_anew(client: TestClient, parts: Parts) -> None:
    school = _school(client, parts)
    post(school, "/org/qualifications", STATED)
    twice = post(school, "/org/qualifications", STATED)
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (409, "/kind")
    with reviewer(parts) as desk:
        case_id = only_case(desk, "qualification")["id"]
        reason = "文件上的编号不一样"
        on_case(desk, case_id, "decision", decision="reject", reason=reason)
        assert _listed(desk) == []
    assert reason in school.get("/employer/qualifications").text
    assert post(school, "/org/qualifications", STATED).status_code == 201


def test_taken_back_it_waits_for_nobody(client: TestClient, parts: Parts) -> None:
    school = _school(client, parts)
    stated = post(school, "/org/qualifications", STATED).json()
    address = f"/org/qualifications/{stated['qualification_id']}"
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91510700MA6CX2020M")
        assert delete(rival, address).status_code == 404
        assert rival.get("/api/v1/org/qualifications").json() == []
    assert delete(school, address).status_code == 204
    assert delete(school, address).status_code == 409
    assert school.get("/api/v1/org/qualifications").json() == []
    with reviewer(parts) as desk:
        assert desk.get("/api/v1/desk/cases?kind=qualification").json()["cases"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "little_giant"}, "/kind"),
        ({"valid_until": "2025-12-31"}, "/valid_until"),
        ({"valid_from": "gestern"}, "/valid_from"),
        ({"proof": base64.b64encode(b"GIF89a" * 400).decode()}, "/proof"),
    ],
)
def test_what_is_wrong_names_its_field(
    client: TestClient, parts: Parts, change: dict, field: str
) -> None:
    school = _school(client, parts)
    answer = post(school, "/org/qualifications", STATED | change)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert "营业执照" not in answer.text


def test_the_paper_lies_sealed_and_an_employer_states_favoured_kinds(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, ALICE)
    giant = STATED | {"kind": "little_giant"}
    assert post(boss, "/org/qualifications", giant).status_code == 201
    assert "专精特新" in boss.get("/employer/qualifications").text
    with parts.database.reading() as db:
        row = db.query(OrgQualification).one()
        assert row.proof_sealed.startswith(OWN)
        assert PAPER[:40] not in row.proof_sealed
