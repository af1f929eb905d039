"""An employer's way over HTTP: staff, assignment, the person's yes, progress, proof of hours."""

import datetime as dt

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.rules.local_days import local_day
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import MadeCourse, make_course
from tests.employers import CHOSEN, agent, post
from tests.people import ALICE, CAROL, MALLORY, sign_in, verify
from tests.player import Player, choose_questions

_DAY_MS = 24 * 3600 * 1000
USCC = {"one": "91510100MA6CX101X8", "other": "91510700MA6CX2020M"}


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    return make_course(parts)


def test_from_roster_to_proof(client: TestClient, parts: Parts, course: MadeCourse) -> None:
    boss = agent(client, parts, MALLORY, uscc=USCC["one"])
    new = {"name": ALICE.name, "document_number": ALICE.number, "unit": "一车间"}
    added = post(boss, "/org/staff", new)
    assert added.status_code == 201, added.text
    staff = added.json()
    assert (staff["name"], staff["state"]) == (ALICE.name, "invited")
    again = post(boss, "/org/staff", new)
    assert (again.status_code, again.json()["code"]) == (409, "already_on_roster")
    asked = {
        "course_id": course.course_id, "staff_ids": [staff["staff_id"]], "due_on": "2026-12-31",
    }  # fmt: skip
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).json()["waiting"] == 1
    early = {"staff_id": staff["staff_id"], "course_id": course.course_id}
    assert post(boss, "/org/reminders", early).json()["code"] == "not_joined"
    proof = f"/api/v1/org/staff/{staff['staff_id']}/proof"
    assert boss.get(f"{proof}.pdf").json()["code"] == "not_joined"
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        page = alice.get("/me")
        assert "岷江电子" in page.text
        org_id = page.text.split("/me/employers/")[1][:26]
        joined = post(alice, f"/me/employers/{org_id}/acceptance", {})
        assert joined.status_code == 204, joined.text
        assert [e["course_id"] for e in alice.get("/api/v1/enrolments").json()] == [
            course.course_id
        ]
        assert "截止 2026-12-31" in alice.get("/inbox").text
        _reminds_once_a_day(boss, alice, asked)
    rows = boss.get("/api/v1/org/progress").json()
    assert [(row["name"], row["state"]) for row in rows] == [(ALICE.name, "studying")]
    pdf = boss.get(f"{proof}.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert (
        pdf.headers["content-disposition"]
        == boss.get(f"{proof}.pdf").headers["content-disposition"]
    )
    assert boss.get(f"{proof}.xlsx").content.startswith(b"PK")
    for page in ("", "/staff", "/assign", "/progress"):
        assert ALICE.name in boss.get(f"/employer{page}").text or page == ""
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc=USCC["other"])
        assert rival.get(f"{proof}.pdf").status_code == 404
        assert rival.get("/api/v1/org/staff").json()["total"] == 0
        assert post(rival, "/org/assignment-rules", asked | CHOSEN).status_code == 404
        assert post(rival, "/org/reminders", early).status_code == 404


def _reminds_once_a_day(boss: TestClient, alice: TestClient, asked: dict) -> None:
    body = {"staff_id": asked["staff_ids"][0], "course_id": asked["course_id"]}
    assert post(boss, "/org/reminders", body).status_code == 204
    again = post(boss, "/org/reminders", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_reminded")
    assert alice.get("/inbox").text.count(">单位提醒您学习<") == 1
    unasked = body | {"course_id": "0" * 26}
    assert post(boss, "/org/reminders", unasked).status_code == 404


def test_who_has_not_said_yes_waits_everywhere_and_has_no_proof(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    boss = agent(client, parts, MALLORY, uscc=USCC["one"])
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    today = local_day(parts.clock.now())
    asked = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": today.isoformat()}
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
    assert isinstance(parts.clock, SettableClock)
    parts.clock.advance(ms=3 * _DAY_MS)
    sign_in(client, parts, MALLORY)
    [row] = boss.get("/api/v1/org/progress").json()
    assert (row["state"], row["state_name"]) == ("waiting", "待本人确认")
    for page in ("/staff", "/progress"):
        shown = boss.get(f"/employer{page}").text
        assert "待本人确认" in shown
        assert f"{staff_id}/proof" not in shown
    home = boss.get("/employer").text
    assert home.count(ALICE.name) == 1
    assert f"/employer/staff/{staff_id}" in home
    for form in ("pdf", "xlsx"):
        refused = boss.get(f"/api/v1/org/staff/{staff_id}/proof.{form}")
        assert refused.status_code == 409
        assert refused.headers["content-type"].startswith("application/problem+json")
        problem = refused.json()
        assert (problem["code"], problem["remedy"]) == (
            "not_joined", "请提醒本人在“我的”里确认"
        )  # fmt: skip
        assert "还没有确认加入" in problem["detail"]


def test_a_week_without_study_is_listed_until_the_person_studies(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    clock = parts.clock
    assert isinstance(clock, SettableClock)
    boss = agent(client, parts, MALLORY, uscc=USCC["one"])
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    due_on = local_day(clock.now()) + dt.timedelta(days=60)
    asked = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": due_on.isoformat()}
    assert post(boss, "/org/assignment-rules", asked | CHOSEN).status_code == 201
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        choose_questions(alice)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assert "没有开始学" not in boss.get("/employer").text
        clock.advance(ms=9 * _DAY_MS)
        sign_in(boss, parts, MALLORY)
        home = boss.get("/employer").text
        assert "7 天以上没有学习" in home
        assert "9 天没有开始学" in home
        listed = "/employer/reminders?list=stuck"
        assert ALICE.name in boss.get(f"{listed}&reason=not_begun&q={ALICE.name[:1]}").text
        assert "没有找到" in boss.get(f"{listed}&reason=exam_failed").text
        assert "没有找到" in boss.get(f"{listed}&reason=&q=没有这个人").text
        sign_in(alice, parts, ALICE)
        assert "打开课程，从第一节开始" in alice.get("/home").text
        clock.advance(ms=1000)
        sign_in(alice, parts, ALICE)
        player = Player(alice, parts, clock, ALICE)
        player.enrol(course.course_id)
        player.open(course.video_id)
    worker.drain(parts)
    assert "没有开始学" not in boss.get("/employer").text


def test_a_worker_is_no_employer(client: TestClient, parts: Parts) -> None:
    sign_in(client, parts, ALICE)
    assert client.get("/api/v1/org/staff").status_code == 403
    assert client.get("/employer").status_code == 403


def test_a_day_that_has_passed_is_no_deadline(
    client: TestClient, parts: Parts, course: MadeCourse
) -> None:
    boss = agent(client, parts, MALLORY, uscc=USCC["one"])
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    body = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": "2020-01-01"}
    answer = post(boss, "/org/assignment-rules", body | CHOSEN)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/due_on")
