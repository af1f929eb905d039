"""The desk decides and the other rooms follow; the regulator sees targets and counts."""

import pytest
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.identity.services import inbox, people, roles
from app.identity.services.cases import CaseKind, open_case
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, sign_in, verify

NOBODY = Someone("13800000031", "何无名", "510101198001010018")


def _with_role(client: TestClient, parts: Parts, role: Role, who: Someone = MALLORY) -> str:
    account = str(sign_in(client, parts, who)["account_id"])
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=role, org_id=None, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    return account


def _post(client: TestClient, path: str, body: dict):
    return client.post(f"/api/v1{path}", json=body, headers=csrf(client))


def test_a_complaint_is_taken_read_and_answered(client: TestClient, parts: Parts) -> None:
    taken = _post(client, "/complaints", {"contact": "13811112222", "text": "讲解听不清楚"})
    assert taken.status_code == 201
    assert taken.json()["answer_by"] == "2026-12-15"
    with TestClient(create_app(parts)) as staff:
        _with_role(staff, parts, Role.REVIEWER)
        [case] = staff.get("/api/v1/desk/cases").json()["cases"]
        assert case["text"] == "讲解听不清楚"
        assert "讲解听不清楚" in staff.get(f"/desk/cases/{case['id']}").text
        body = {"decision": "answer", "reason": "已更换讲解录音"}
        path = f"/desk/cases/{case['id']}/decision"
        wrong = _post(staff, path, body | {"decision": "approve"})
        assert wrong.json()["errors"][0]["field"] == "/decision"
        assert _post(staff, path, body).json()["state"] == "decided"
        assert _post(staff, path, body).status_code == 409
        assert staff.get("/desk").status_code == 200
        assert case["id"] in staff.get("/desk?state=decided").text


def test_an_appeal_is_decided_and_told(client: TestClient, parts: Parts) -> None:
    account = str(sign_in(client, parts, ALICE)["account_id"])
    taken = _post(client, "/appeals", {"subject": "session", "text": "我一直在看，请复核"})
    assert taken.status_code == 201, taken.text
    short = _post(client, "/appeals", {"subject": "session", "text": "不"})
    assert short.json()["errors"][0]["field"] == "/text"
    with TestClient(create_app(parts)) as staff:
        _with_role(staff, parts, Role.REVIEWER)
        [case] = staff.get("/api/v1/desk/cases?kind=appeal").json()["cases"]
        body = {"decision": "reject", "reason": "记录显示页面在后台"}
        assert _post(staff, f"/desk/cases/{case['id']}/decision", body).status_code == 200
    with parts.database.reading() as db:
        [notice] = inbox.list_notices(db, account)
    assert "记录显示页面在后台" in notice.text


def test_a_name_that_the_registry_lacks_is_proved_by_a_person(
    client: TestClient, parts: Parts
) -> None:
    account = str(sign_in(client, parts, CAROL)["account_id"])
    claim = {"document_type": "resident_id", "number": CAROL.number, "name": "阿依古丽·买买提提"}
    for _ in range(3):
        answer = _post(client, "/me/identity", claim)
    assert answer.json()["outcome"] == "pending_manual", answer.text
    with TestClient(create_app(parts)) as staff:
        _with_role(staff, parts, Role.REVIEWER)
        [case] = staff.get("/api/v1/desk/cases").json()["cases"]
        assert CAROL.number not in staff.get(f"/desk/cases/{case['id']}").text
        body = {"decision": "approve", "reason": "与户口簿一致"}
        done = _post(staff, f"/desk/cases/{case['id']}/decision", body)
        assert done.status_code == 200, done.text
    with parts.database.reading() as db:
        assert people.views(db, parts.vault, [account])[account].is_verified


def test_nobody_decides_on_themselves(client: TestClient, parts: Parts) -> None:
    account = _with_role(client, parts, Role.REVIEWER)
    with parts.database.transaction() as db:
        case_id = open_case(
            db, kind=CaseKind.RISK, learner_id=account, now=parts.clock.now(), reason="x"
        )
    body = {"decision": "dismiss", "reason": "没有问题"}
    assert _post(client, f"/desk/cases/{case_id}/decision", body).status_code == 403


@pytest.mark.parametrize(
    "path", ["/api/v1/desk/cases", "/desk", "/desk/certificates", "/regulator",
             "/api/v1/oversight/clusters"],
)  # fmt: skip
def test_workers_stay_outside(client: TestClient, parts: Parts, path: str) -> None:
    sign_in(client, parts, ALICE)
    assert client.get(path).status_code == 403


def test_the_regulator_sees_targets_and_counts(client: TestClient, parts: Parts) -> None:
    course = make_course(parts)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        assert _post(alice, "/enrolments", {"course_id": course.course_id}).status_code == 201
    _with_role(client, parts, Role.REGULATOR)
    [cluster] = client.get("/api/v1/oversight/clusters").json()
    assert (cluster["target"], cluster["enrolled"], cluster["completed"]) == (6000, 1, 0)
    assert client.get("/api/v1/oversight/clusters/nowhere").status_code == 404
    one = client.get(f"/api/v1/oversight/courses/{course.course_id}").json()
    assert (one["enrolled"], one["confirmed_ms"]) == (1, 0)
    for page in ("", "/clusters/digital", f"/courses/{course.course_id}"):
        assert client.get(f"/regulator{page}").status_code == 200
