"""Closing a class while its roll is being called, and what attendance is after that."""

import json

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.core.errors import ConflictError
from app.lobby.parts import Parts
from app.main import create_app
from app.org.services import roll_calls
from tests.classrooms import approved, card
from tests.courses import make_course
from tests.employers import agent, post, put
from tests.people import ALICE, CAROL, MALLORY, prove, sign_in


def test_a_roll_call_under_way_is_named_and_ended_before_a_class_closes(
    client: TestClient, parts: Parts
) -> None:
    agent(client, parts, MALLORY)
    boss = prove(parts, MALLORY)
    class_id = approved(client, parts, card(make_course(parts).course_id, boss))
    base = f"/org/classes/{class_id}"
    [unit] = client.get(f"/api/v1{base}/units").json()
    called = post(client, f"{base}/units/{unit['unit_id']}/roll-calls", {})
    roll_call_id = called.json()["roll_call_id"]
    roll = f"/org/roll-calls/{roll_call_id}"
    prove(parts, ALICE)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        post(alice, "/me/classes", {"class_id": class_id})
        code = {"code": client.get(f"/api/v1{roll}").json()["code"]}
        assert post(alice, "/me/roll-calls", code).json()["state"] == "waiting"
    [here] = client.get(f"/api/v1{roll}").json()["people"]
    presence = f"{roll}/presences/{here['presence_id']}"

    told = client.get(f"/api/v1{base}/closing").json()
    assert told["under_way"] == [
        {"roll_call_id": roll_call_id, "unit": "第 1 次（2026-11-24）", "waiting": 1}
    ]
    page = client.get(f"/employer/classes/{class_id}/closing").text
    assert f"/employer/roll-calls/{roll_call_id}" in page
    assert "1 人等待点名" in page
    refused = post(client, f"{base}/closing", {"reason": "不等了"})
    assert (refused.status_code, refused.json()["code"]) == (409, "roll_call_open")

    assert put(client, presence, {"is_present": True}).status_code == 204
    assert post(client, f"{roll}/closing", {}).status_code == 204
    assert client.get(f"/api/v1{base}/closing").json()["under_way"] == []
    assert post(client, f"{base}/closing", {"reason": "都来过了"}).status_code == 204
    # A mark that set out before the roll call ended, and arrives after: too late for the class.
    with parts.database.transaction() as db, pytest.raises(ConflictError, match="已经结班"):
        roll_calls.hold(db, roll_call_id)
    assert put(client, presence, {"is_present": False}).status_code == 409
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91510700MA6CX2020M")
        unfound = put(rival, presence, {"is_present": False})
        assert unfound.status_code == 404, "nothing is said of another organisation's class"
    worker.drain(parts)
    stated = json.loads(client.get(f"/api/v1{base}/archive.json").content)["statement"]
    assert stated["members"][0]["attended"] == [1]


def test_a_mark_on_its_way_does_not_outlive_the_end_of_the_roll_call(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    """Its request began before the end: by its own clock the roll call would still be open."""
    agent(client, parts, MALLORY)
    boss = prove(parts, MALLORY)
    class_id = approved(client, parts, card(make_course(parts).course_id, boss))
    base = f"/org/classes/{class_id}"
    [unit] = client.get(f"/api/v1{base}/units").json()
    called = post(client, f"{base}/units/{unit['unit_id']}/roll-calls", {})
    roll = f"/org/roll-calls/{called.json()['roll_call_id']}"
    prove(parts, ALICE)
    with TestClient(create_app(parts)) as alice:
        sign_in(alice, parts, ALICE)
        post(alice, "/me/classes", {"class_id": class_id})
        post(alice, "/me/roll-calls", {"code": client.get(f"/api/v1{roll}").json()["code"]})
    [here] = client.get(f"/api/v1{roll}").json()["people"]
    clock.advance(ms=60_000)
    assert post(client, f"{roll}/closing", {}).status_code == 204
    clock.advance(ms=-30_000)
    late = put(client, f"{roll}/presences/{here['presence_id']}", {"is_present": True})
    assert (late.status_code, late.json()["code"]) == (409, "roll_call_over")


def test_who_waits_for_a_place_is_told_when_a_class_closes(
    client: TestClient, parts: Parts
) -> None:
    agent(client, parts, MALLORY)
    boss = prove(parts, MALLORY)
    body = card(make_course(parts).course_id, boss, capacity=1)
    class_id = approved(client, parts, body)
    for who in (ALICE, CAROL):
        prove(parts, who)
    with TestClient(create_app(parts)) as alice, TestClient(create_app(parts)) as carol:
        sign_in(alice, parts, ALICE)
        sign_in(carol, parts, CAROL)
        assert post(alice, "/me/classes", {"class_id": class_id}).json()["state"] == "enrolled"
        assert post(carol, "/me/classes", {"class_id": class_id}).json()["state"] == "waiting"
        closed = post(client, f"/org/classes/{class_id}/closing", {"reason": "不办了"})
        assert closed.status_code == 204
        told = [each["kind"] for each in carol.get("/api/v1/me/notices").json()]
        assert "class_over" in told
        assert "class_over" not in [e["kind"] for e in alice.get("/api/v1/me/notices").json()]
        members = client.get(f"/api/v1/org/classes/{class_id}/members").json()["items"]
        assert [each["name"] for each in members] == [ALICE.name]


def test_who_teaches_a_class_has_no_place_in_it(client: TestClient, parts: Parts) -> None:
    agent(client, parts, MALLORY)
    boss = prove(parts, MALLORY)
    body = card(make_course(parts).course_id, boss)
    class_id = approved(client, parts, body)
    refused = post(client, "/me/classes", {"class_id": class_id})
    assert (refused.status_code, refused.json()["code"]) == (409, "own_class")
    # Without teaching it they may come, and then do not teach it.
    assert put(client, f"/org/classes/{class_id}", body | {"teacher_ids": []}).status_code == 204
    assert post(client, "/me/classes", {"class_id": class_id}).json()["state"] == "enrolled"
    both = put(client, f"/org/classes/{class_id}", body)
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "/teacher_ids")
