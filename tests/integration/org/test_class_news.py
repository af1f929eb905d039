"""Who is in a class, or waits for a place, reads when its days or its plan have changed."""

from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from tests.classrooms import UNIT, approved, card
from tests.courses import make_course
from tests.employers import agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, Someone, prove, sign_in


def _changes_read_by(client: TestClient) -> list[str]:
    found = client.get("/api/v1/me/notices").json()
    return [each["text"] for each in found if each["kind"] == "class_days_changed"]


def _come(parts: Parts, client: TestClient, who: Someone, class_id: str) -> str:
    prove(parts, who)
    sign_in(client, parts, who)
    return str(post(client, "/me/classes", {"class_id": class_id}).json()["state"])


def test_changed_days_are_told_to_the_people_and_what_is_no_business_of_theirs_is_not(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    body = card(make_course(parts).course_id, prove(parts, MALLORY), capacity=1)
    class_id = approved(boss, parts, body)
    address = f"/org/classes/{class_id}"
    with TestClient(create_app(parts)) as alice, TestClient(create_app(parts)) as carol:
        assert _come(parts, alice, ALICE, class_id) == "enrolled"
        assert _come(parts, carol, CAROL, class_id) == "waiting"
        moved = body | {"ends_on": "2026-12-25", "contract": "HT-7", "price_yuan": 900}
        assert put(boss, address, moved).status_code == 204
        [said] = _changes_read_by(alice)
        assert "结班日期由 2026-12-20 改为 2026-12-25" in said
        assert "合同" not in said
        assert "900" not in said
        assert _changes_read_by(carol) == [said]
        assert put(boss, address, moved | {"price_yuan": 800}).status_code == 204
        assert len(_changes_read_by(alice)) == 1
        [unit] = boss.get(f"/api/v1{address}/units").json()
        there = f"{address}/units/{unit['unit_id']}"
        assert put(boss, there, UNIT | {"place": "二号实训室"}).status_code == 204
        assert "二号实训室" in _changes_read_by(alice)[0]
        assert delete(carol, f"/me/classes/{class_id}").status_code == 204
        assert post(boss, f"{address}/units", UNIT | {"topic": "灭火"}).status_code == 201
        assert "教学计划增加：2026-11-24" in _changes_read_by(alice)[0]
        assert len(_changes_read_by(carol)) == 2


def test_nobody_is_told_of_a_draft(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    body = card(make_course(parts).course_id, prove(parts, MALLORY))
    class_id = str(post(boss, "/org/classes", body).json()["class_id"])
    moved = body | {"ends_on": "2026-12-25"}
    assert put(boss, f"/org/classes/{class_id}", moved).status_code == 204
    assert _changes_read_by(boss) == []
