"""Deadlines that are near: each person is told once a week before and once a day before."""

import datetime as dt

from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import make_course
from tests.employers import CHOSEN, agent, post
from tests.people import ALICE, MALLORY, sign_in, verify

DAY_MS = 86_400_000


def _run(parts: Parts) -> None:
    next(each for each in worker.SCHEDULES if each.name == "remind").run(parts)


def _told(client: TestClient) -> list[str]:
    found = client.get("/api/v1/me/notices").json()
    return [notice["text"] for notice in found if notice["kind"] == "deadline_near"]


def test_a_near_deadline_is_told_once_at_each_stage(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    course = make_course(parts)
    boss = agent(client, parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number}
    staff_id = post(boss, "/org/staff", new).json()["staff_id"]
    due = (clock.now() + dt.timedelta(days=10)).date()
    asked = {"course_id": course.course_id, "staff_ids": [staff_id], "due_on": due.isoformat()}
    with TestClient(create_app(parts)) as alice:
        assert post(boss, "/org/assignment-rules", asked | CHOSEN).json()["waiting"] == 1
        sign_in(alice, parts, ALICE)
        verify(alice, ALICE)
        org_id = alice.get("/me").text.split("/me/employers/")[1][:26]
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        assigned = next(
            each for each in alice.get("/api/v1/me/notices").json() if each["kind"] == "assigned"
        )
        assert due.isoformat() in assigned["text"]
        _run(parts)
        assert _told(alice) == []
        clock.advance(ms=3 * DAY_MS)
        sign_in(alice, parts, ALICE)
        _run(parts)
        _run(parts)
        assert len(_told(alice)) == 1
        assert due.isoformat() in _told(alice)[0]
        assert "还差 2 分 30 秒的学习和考试" in _told(alice)[0]
        clock.advance(ms=6 * DAY_MS)
        sign_in(alice, parts, ALICE)
        _run(parts)
        _run(parts)
        assert len(_told(alice)) == 2
        clock.advance(ms=3 * DAY_MS)
        sign_in(alice, parts, ALICE)
        _run(parts)
        assert len(_told(alice)) == 2
        later = (clock.now() + dt.timedelta(days=1)).date()
        sign_in(boss, parts, MALLORY)
        post(boss, "/org/assignment-rules", asked | CHOSEN | {"due_on": later.isoformat()})
        _run(parts)
        assert len(_told(alice)) == 3
