"""An organisation applies, the desk compares and decides, and the applicant acts for it."""

import base64

from starlette.testclient import TestClient

from app.core.crypto import OWN
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.applications import OrganisationApplication
from tests.employers import agent, delete, post
from tests.people import ALICE, CAROL, MALLORY, pass_second_factor, sign_in, verify
from tests.reviewers import on_case, only_case, reviewer

LICENCE = b"\xff\xd8\xff\xe0" + b"a licence" * 400
WANTED = {
    "kind": "employer", "name": "岷江电子有限公司", "uscc": "91510100MA6CX101X8",
    "prefecture_code": "510100", "responsible": "王建国", "contact": "02888880000",
    "licence": base64.b64encode(LICENCE).decode(),
}  # fmt: skip
SCHOOL = WANTED | {
    "kind": "institution", "type_code": "association", "name": "成都电子行业协会",
    "uscc": "91330106673959654P",
}  # fmt: skip


def _apply(client: TestClient, **change: str) -> dict:
    answer = post(client, "/me/organisations", WANTED | change)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _known(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    return client


def test_a_strangers_application_waits_for_a_proven_name(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    refused = post(client, "/me/organisations", WANTED)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_verified")
    assert "去实名认证" in client.get("/organisations/apply").text


def test_what_is_wrong_names_its_field(client: TestClient, parts: Parts) -> None:
    alice = _known(client, parts)
    small = base64.b64encode(b"GIF89a" * 400).decode()
    for change, field in (
        ({"uscc": "91510100MA6CX101X9"}, "/uscc"),
        ({"prefecture_code": "990000"}, "/prefecture_code"),
        ({"kind": "institution"}, "/type_code"), ({"licence": small}, "/licence"),
    ):  # fmt: skip
        answer = post(alice, "/me/organisations", WANTED | change)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["remedy"]
    assert alice.get("/api/v1/me/organisations").json() == []


def test_approved_by_who_looked_the_applicant_is_its_owner(
    client: TestClient, parts: Parts
) -> None:
    alice = _known(client, parts)
    _apply(alice)
    twice = post(alice, "/me/organisations", WANTED)
    assert (twice.status_code, twice.json()["code"]) == (409, "applied")
    with reviewer(parts) as desk:
        case_id = only_case(desk, "organisation")["id"]
        page = desk.get(f"/desk/cases/{case_id}").text
        assert "岷江电子有限公司" in page
        assert "成都市" in page
        unread = on_case(desk, case_id, "decision", decision="approve", reason="与执照一致")
        assert (unread.status_code, unread.json()["code"]) == (409, "not_read")
        shown = desk.get(f"/api/v1/desk/cases/{case_id}/licence")
        assert (shown.content, shown.headers["content-type"]) == (LICENCE, "image/jpeg")
        done = on_case(desk, case_id, "decision", decision="approve", reason="与执照一致")
        assert done.status_code == 200, done.text
    assert "审核单位入驻" in alice.get("/me/access").text
    pass_second_factor(alice, parts)
    [mine] = alice.get("/api/v1/me/organisations").json()
    assert (mine["state"], bool(mine["org_id"])) == ("approved", True)
    [member] = alice.get("/api/v1/org/members").json()["members"]
    assert (member["name"], member["duty"], member["is_last_owner"]) == (ALICE.name, "owner", True)
    assert alice.get("/api/v1/org/staff").json()["total"] == 0
    again = post(alice, "/me/organisations", SCHOOL)
    assert again.status_code == 201, (
        again.text
    )  # another organisation's; one acts for one at a time


def test_refused_with_a_reason_it_is_mended_and_comes_again(
    client: TestClient, parts: Parts
) -> None:
    alice = _known(client, parts)
    _apply(alice, name="岷江电子公司")
    with reviewer(parts) as desk:
        case_id = only_case(desk, "organisation")["id"]
        reason = "名称少了“有限”两个字"
        assert (
            on_case(desk, case_id, "decision", decision="reject", reason=reason).status_code == 200
        )
    assert reason in alice.get("/organisations/apply").text
    assert reason in alice.get("/inbox").text
    _apply(alice)
    states = [each["state"] for each in alice.get("/api/v1/me/organisations").json()]
    assert states == ["open", "refused"]


def test_taken_back_it_waits_for_nobody(client: TestClient, parts: Parts) -> None:
    alice = _known(client, parts)
    first = _apply(alice)["application_id"]
    assert delete(alice, f"/me/organisations/{first}").status_code == 204
    late = delete(alice, f"/me/organisations/{first}")
    assert late.status_code == 409
    with reviewer(parts) as desk:
        assert desk.get("/api/v1/desk/cases?kind=organisation").json()["cases"] == []
        case = only_case(desk, "organisation", "decided")
        assert case["decision_name"] == "已撤回"
    with TestClient(create_app(parts)) as other:
        sign_in(other, parts, CAROL)
        assert delete(other, f"/me/organisations/{first}").status_code == 404


def test_one_code_becomes_one_organisation(client: TestClient, parts: Parts) -> None:
    """Two apply for the same: the desk sees it, and the second approval finds the code taken."""
    alice = _known(client, parts)
    _apply(alice)
    with TestClient(create_app(parts)) as carol, reviewer(parts) as desk:
        sign_in(carol, parts, CAROL)
        verify(carol, CAROL)
        _apply(carol)
        both = desk.get("/api/v1/desk/cases?kind=organisation").json()["cases"]
        assert "另有 1 件申请" in desk.get(f"/desk/cases/{both[0]['id']}").text
        for place, status in ((0, 200), (1, 409)):
            case_id = both[place]["id"]
            assert desk.get(f"/api/v1/desk/cases/{case_id}/licence").status_code == 200
            answer = on_case(desk, case_id, "decision", decision="approve", reason="一致")
            assert answer.status_code == status, answer.text
        third = post(carol, "/me/organisations", WANTED)
        assert third.json()["code"] == "applied"


def test_a_registered_code_is_told_with_the_way_in(client: TestClient, parts: Parts) -> None:
    with TestClient(create_app(parts)) as boss:
        agent(boss, parts, MALLORY)
    alice = _known(client, parts)
    answer = post(alice, "/me/organisations", WANTED)
    assert (answer.status_code, answer.json()["code"]) == (409, "uscc_taken")
    assert "负责人" in answer.json()["remedy"]


def test_licence_and_words_lie_sealed_under_the_applicants_key(
    client: TestClient, parts: Parts
) -> None:
    alice = _known(client, parts)
    _apply(alice)
    with parts.database.reading() as db:
        row = db.query(OrganisationApplication).one()
        assert row.words_sealed.startswith(OWN)
        assert row.licence_sealed.startswith(OWN)
        assert LICENCE[:40] not in row.licence_sealed
        assert "王建国".encode() not in row.words_sealed
