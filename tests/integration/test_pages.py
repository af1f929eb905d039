"""Every public page answers, and every page of somebody's own asks strangers to sign in."""

import pytest
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.employers import agent, post
from tests.people import ALICE, MALLORY, sign_in, verify
from tests.reviewers import with_role


@pytest.mark.parametrize(
    "path",
    ["/", "/courses", "/courses?q=安全", "/verify", "/verify?number=ZZ51", "/verify/by-hand",
     "/terms", "/face-return", "/recovery", "/recovery/stop",
     "/privacy", "/help", "/complaint", "/complaint/answer", "/complaint/fake",
     "/sign-in", "/v/AbCdEfGhIjKlMnOp", "/institutions", "/institutions?q=没有&prefecture=510100"],
)  # fmt: skip
def test_public_pages_are_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/home", "/hours", "/inbox", "/me", "/certificates", "/signup/identity",
     "/signup/questions", "/employer", "/desk", "/regulator", "/learn/" + "0" * 26,
     "/exam/" + "0" * 26],
)  # fmt: skip
def test_pages_of_ones_own_lead_to_the_sign_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_a_course_page_offers_the_way_in(client: TestClient, parts) -> None:
    course = make_course(parts)
    page = client.get(f"/courses/{course.course_id}")
    assert "登录后报名" in page.text
    assert client.get("/courses/" + "0" * 26).status_code == 404


def test_a_course_without_media_proof_says_so(client: TestClient, parts: Parts) -> None:
    sentence = "不核对课件是否送到设备"
    plain = make_course(parts)
    assert sentence not in client.get(f"/courses/{plain.course_id}").text
    unproved = make_course(parts, code="unproved", media_proof=False)
    assert sentence in client.get(f"/courses/{unproved.course_id}").text


@pytest.mark.parametrize(
    ("role", "door"), [(Role.REGULATOR, "/regulator"), (Role.REVIEWER, "/desk")]
)
def test_who_works_here_finds_the_way_back(
    client: TestClient, parts: Parts, role: Role, door: str
) -> None:
    with_role(client, parts, role)
    for path in ("/", "/home", "/me"):
        page = client.get(path).text
        assert f'<a class="row-link" href="{door}">' in page
        assert "进入单位页面</span>" not in page
    assert client.get(door).status_code == 200


def test_an_agent_of_an_employer_finds_the_way_back(client: TestClient, parts: Parts) -> None:
    agent(client, parts, MALLORY)
    for path in ("/", "/home", "/me"):
        assert '<a class="row-link" href="/employer">' in client.get(path).text
    assert client.get("/employer").status_code == 200


def test_a_learner_sees_no_door_to_an_office(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    for path in ("/", "/home", "/me"):
        assert 'aria-label="我的工作"' not in client.get(path).text


def test_assigning_has_a_place_to_say_that_nobody_is_ticked(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    post(boss, "/org/staff", {"name": ALICE.name, "document_number": ALICE.number})
    page = boss.get("/employer/assign").text
    assert 'name="staff_ids"' in page
    assert 'id="f-staff_ids"' in page
    assert 'id="e-staff_ids"' in page


@pytest.mark.parametrize("number", ["XS202611240000015", " xs2026 ", "ＸＳ２０２６１１２４"])
def test_a_proof_of_hours_is_not_called_a_miswritten_certificate(
    client: TestClient, number: str
) -> None:
    page = client.post("/verify", data={"number": number, "name": ALICE.name}).text
    assert "学时证明的编号，不是证书" in page
    assert "抄错" not in page
