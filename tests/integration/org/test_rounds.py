"""A course that is studied again: the employer asks for the round, or sees the person's own."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.identity.rules.local_days import local_day
from app.lobby.parts import Parts
from app.main import create_app
from app.org.services import organisations
from tests import employers, finished
from tests.finished import Finished
from tests.people import MALLORY, sign_in

DAY_MS = 86_400_000
NEAR = 1040  # days of a validity of 36 months; some weeks are left


@dataclass(frozen=True, slots=True)
class Staff:
    """An employer, and one of its staff who is through with a course that it asked for."""

    parts: Parts
    boss: TestClient
    person: TestClient
    who: Finished
    staff_id: str
    course_id: str
    clock: SettableClock

    def wait(self, days: int) -> None:
        self.clock.advance(ms=days * DAY_MS)
        sign_in(self.boss, self.parts, MALLORY)
        sign_in(self.person, self.parts, self.who.someone)

    def assign(self, *, days: int) -> dict[str, Any]:
        due_on = local_day(self.clock.now()) + dt.timedelta(days=days)
        body = {
            "course_id": self.course_id, "staff_ids": [self.staff_id],
            "due_on": due_on.isoformat(),
        }  # fmt: skip
        answer = employers.post(self.boss, "/org/assignment-rules", body | employers.CHOSEN)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def progress(self) -> list[dict[str, Any]]:
        worker.drain(self.parts)
        return list(self.boss.get("/api/v1/org/progress").json())

    def rounds(self) -> list[str]:
        """The person's enrolments, the newest first."""
        return [each["id"] for each in self.person.get("/api/v1/enrolments").json()]

    def renew(self) -> None:
        [known] = self.person.get("/api/v1/certificates").json()
        path = f"/certificates/{known['certificate_id']}/renewal"
        assert employers.post(self.person, path, {}).status_code == 201


@pytest.fixture
def staff(client: TestClient, parts: Parts, clock: SettableClock):
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    worker.drain(parts)
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, who.someone)
        boss = employers.agent(client, parts, MALLORY)
        new = {"name": who.name, "document_number": who.number}
        staff_id = employers.post(boss, "/org/staff", new).json()["staff_id"]
        with parts.database.reading() as db:
            org_id = organisations.find_by_uscc(db, employers.USCC)
        employers.post(person, f"/me/employers/{org_id}/acceptance", {})
        made = Staff(parts, boss, person, who, staff_id, course.course_id, clock)
        made.assign(days=30)
        yield made


def test_a_course_that_is_asked_for_again_begins_its_next_round(staff: Staff) -> None:
    staff.wait(NEAR)
    [row] = staff.progress()
    assert (row["state"], row["round"]) == ("done", 1)
    assert "第 2 轮" not in staff.boss.get("/employer/progress").text
    assert staff.assign(days=30) | {"rule_id": ""} == {
        "rule_id": "", "begun": 1, "waiting": 0, "unchanged": 0, "is_more": False,
    }  # fmt: skip
    second, first = staff.rounds()
    assert first == staff.who.enrolment_id
    [row] = staff.progress()
    assert (row["state"], row["round"], row["confirmed_ms"]) == ("studying", 2, 0)
    assert "第 2 轮" in staff.boss.get("/employer/progress").text
    again = staff.assign(days=30)
    assert (again["begun"], again["unchanged"]) == (0, 1)
    later = staff.assign(days=3)
    assert (later["begun"], later["unchanged"]) == (1, 0)
    assert staff.rounds() == [second, first]
    [row] = staff.progress()
    assert (row["state"], row["round"]) == ("due_soon", 2)
    assert "第 2 轮" in staff.boss.get("/employer").text
    told = staff.boss.get("/api/v1/org/assignments").json()
    counts = sorted((each["staff_count"], each["begun_count"]) for each in told)
    assert counts == [(0, 0), (1, 1), (1, 1)]


def test_the_proof_states_the_round_that_was_asked_for(staff: Staff) -> None:
    staff.wait(NEAR)
    path = f"/api/v1/org/staff/{staff.staff_id}/proof.json"
    [course] = staff.boss.get(path).json()["statement"]["courses"]
    assert course["confirmed_ms"] > 0
    staff.assign(days=30)
    [course] = staff.boss.get(path).json()["statement"]["courses"]
    assert course["confirmed_ms"] == 0


def test_a_round_that_a_person_began_is_seen_and_has_no_day(staff: Staff) -> None:
    staff.wait(NEAR)
    staff.renew()
    [row] = staff.progress()
    assert (row["round"], row["due_on"], row["state"]) == (2, None, "studying")
    page = staff.boss.get("/employer/progress").text
    assert "第 2 轮" in page
    staff.wait(9)
    home = staff.boss.get("/employer").text
    assert "9 天没有开始学" in home
    assert "本人自己开始的复训" in home
    body = {"staff_id": staff.staff_id, "course_id": staff.course_id}
    refused = employers.post(staff.boss, "/org/reminders", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "own_round")
    assert staff.assign(days=3)["begun"] == 1
    assert len(staff.rounds()) == 2
    [row] = staff.progress()
    assert (row["round"], row["state"]) == (2, "due_soon")
    assert employers.post(staff.boss, "/org/reminders", body).status_code == 204


def test_a_course_whose_certificate_is_good_for_long_is_not_begun_again(staff: Staff) -> None:
    staff.wait(500)
    staff.assign(days=30)
    [row] = staff.progress()
    assert (row["state"], row["round"]) == ("done", 1)
