"""The queue, complaints and requests, revocations; the regulator sees targets and counts."""

import re

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app import worker
from app.identity.rules.actors import Role
from app.identity.services import inbox, signin
from app.identity.services.cases import CaseKind, open_case
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.people import ALICE, newest_code, sign_in, verify
from tests.reviewers import WU, on_case, only_case, post, reviewer, with_role

STRANGER = "13811112222"


def test_a_complaint_is_taken_read_and_answered_by_text_message(
    client: TestClient, parts: Parts
) -> None:
    taken = post(client, "/complaints", {"contact": STRANGER, "text": "讲解听不清楚"})
    assert taken.status_code == 201
    assert taken.json()["answer_by"] == "2026-12-15"
    with reviewer(parts) as staff:
        case = only_case(staff, "complaint")
        assert (case["text"], case["answer_by"]) == ("讲解听不清楚", "2026-12-15")
        page = staff.get(f"/desk/cases/{case['id']}").text
        assert "讲解听不清楚" in page
        assert "2026-12-15" in page
        assert STRANGER not in page
        told = on_case(staff, case["id"], "unmasking", purpose="回电了解情况").json()
        assert told["contact"] == STRANGER
        body = {"decision": "answer", "reason": "已更换讲解录音"}
        wrong = on_case(staff, case["id"], "decision", **body | {"decision": "approve"})
        assert wrong.json()["errors"][0]["field"] == "/decision"
        done = on_case(staff, case["id"], "decision", **body).json()
        assert (done["state"], done["decided_by"]) == ("decided", WU.name)
        assert on_case(staff, case["id"], "decision", **body).status_code == 409
        assert staff.get("/desk").status_code == 200
        decided = staff.get("/desk?state=decided").text
        assert case["id"] in decided
        assert WU.name in decided
    worker.drain(parts)
    with parts.database.reading() as db:
        message = next(m for m in signin.messages(db, parts.vault) if m.phone == STRANGER)
    number = taken.json()["number"]
    assert "已更换讲解录音" not in message.text, "vendors carry no letters"
    assert number in message.text
    told = _look_up(client, parts, number, STRANGER)
    assert told.json() | {"asked_on": ""} == {
        "number": number, "kind": "投诉", "asked_on": "", "answer_by": "2026-12-15",
        "says": "2026-11-24 已答复。", "answer": "已更换讲解录音",
    }  # fmt: skip


def _look_up(client: TestClient, parts: Parts, number: str, phone: str) -> Response:
    """With the newest code that the phone got."""
    parts.clock.advance(ms=61_000)
    assert post(client, "/auth/codes", {"phone": phone}).status_code == 202
    code = newest_code(parts, phone)
    return post(client, "/complaints/answers", {"number": number, "phone": phone, "code": code})


def test_how_a_complaint_stands_is_told_to_its_phone_alone(
    client: TestClient, parts: Parts
) -> None:
    taken = post(client, "/complaints", {"contact": STRANGER, "text": "讲解听不清楚"}).json()
    told = _look_up(client, parts, f" {taken['number'].lower()} ", STRANGER).json()
    assert (told["says"], told["answer"]) == ("还在处理，最晚 2026-12-15 答复。", "")
    others = [
        _look_up(client, parts, taken["number"], ALICE.phone),  # another's
        _look_up(client, parts, "0123456789", ALICE.phone),  # nobody's
    ]
    assert {each.status_code for each in others} == {404}
    assert others[0].json()["detail"] == others[1].json()["detail"]
    asked = {"number": taken["number"], "phone": STRANGER, "code": "000000"}
    assert post(client, "/complaints/answers", asked).json()["errors"][0]["field"] == "/code"
    with parts.database.reading() as db:
        assert signin.is_known(db, parts.vault, STRANGER) is False, "no account is made by asking"


def test_a_request_about_ones_data_is_answered_into_the_inbox(
    client: TestClient, parts: Parts
) -> None:
    with TestClient(create_app(parts)) as alice:
        account = str(sign_in(alice, parts, ALICE)["account_id"])
    body = {"kind": "privacy_request", "contact": ALICE.phone, "text": "请给我一份我的信息"}
    assert post(client, "/complaints", body).status_code == 201
    with reviewer(parts) as staff:
        case = only_case(staff, "privacy_request")
        on_case(staff, case["id"], "decision", decision="answer", reason="已准备好，请到前台领取")
    with parts.database.reading() as db:
        [notice] = inbox.list_notices(db, account)
    assert "已准备好，请到前台领取" in notice.text
    assert "吴*" in notice.text


def test_a_contact_that_cannot_be_answered_is_refused(client: TestClient) -> None:
    refused = post(client, "/complaints", {"contact": "a@b.example", "text": "讲解听不清楚"})
    assert refused.json()["errors"][0]["field"] == "/contact"


def test_a_text_that_is_too_long_is_measured_in_letters(client: TestClient) -> None:
    refused = post(client, "/complaints", {"contact": STRANGER, "text": "长" * 2001})
    assert refused.json()["errors"][0]["message"] == "太长，最多 2000 个字。"


@pytest.mark.parametrize("short", ["听不清", "  听不清 "])
def test_how_much_is_to_be_written_is_said_before_and_after(client: TestClient, short: str) -> None:
    assert "5 到 2000 个字" in client.get("/complaint").text
    refused = post(client, "/complaints", {"contact": STRANGER, "text": short})
    assert refused.json()["errors"][0]["field"] == "/text"
    assert re.search(r"\b5 (到 2000 )?个字", refused.json()["errors"][0]["message"])


def test_nobody_decides_on_themselves(client: TestClient, parts: Parts) -> None:
    account = with_role(client, parts, Role.REVIEWER)
    with parts.database.transaction() as db:
        case_id = open_case(
            db, kind=CaseKind.RISK, learner_id=account, now=parts.clock.now(), reason="wrong_face"
        )
    refused = on_case(client, case_id, "decision", decision="dismiss", reason="没有问题")
    assert refused.status_code == 403
    read = client.get(f"/api/v1/desk/cases/{case_id}")
    assert (read.status_code, read.json()["code"]) == (403, "own_case")
    page = client.get(f"/desk/cases/{case_id}")
    assert (page.status_code, "与自己有关" in page.text) == (403, True)
    [line] = client.get("/api/v1/desk/cases").json()["cases"]
    assert line["text"] == "这件事项与您有关，由其他审核人处理。"


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
        assert post(alice, "/enrolments", {"course_id": course.course_id}).status_code == 201
    with_role(client, parts, Role.REGULATOR)
    [cluster] = client.get("/api/v1/oversight/clusters").json()
    counts = ("target", "enrolled", "studying", "completed")
    assert [cluster[each] for each in counts] == [6000, 1, 1, 0]
    assert client.get("/api/v1/oversight/clusters/nowhere").status_code == 404
    one = client.get(f"/api/v1/oversight/courses/{course.course_id}").json()
    assert (one["enrolled"], one["studying"], one["confirmed_ms"]) == (1, 1, 0)
    for page in ("", "/clusters/digital", f"/courses/{course.course_id}"):
        shown = client.get(f"/regulator{page}")
        assert re.search(r"<dt>在学</dt><dd>1\b", shown.text), page
