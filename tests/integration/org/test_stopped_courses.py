"""A suspended institution's courses: nobody new, who is in them goes on, and all say so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from app import worker
from app.identity.rules.actors import Role
from app.learning.models.catalogue import Course
from app.lobby.parts import Parts
from app.main import create_app
from app.org.services import organisations
from tests.classrooms import approved, card, in_line
from tests.courses import make_course
from tests.employers import USCC, agent, delete, post, put
from tests.institutions import AUTHOR, SCHOOL, found_school
from tests.people import ALICE, CAROL, MALLORY, prove, sign_in, verify
from tests.reviewers import with_role

_SENTENCE = "办这门课的培训机构已被暂停，现在不接受新报名。"


@dataclass(frozen=True, slots=True)
class School:
    """A school's one course, and the administrator who suspends and restores the school."""

    parts: Parts
    course_id: str
    suspend: Callable[[], None]
    restore: Callable[[], None]


@pytest.fixture
def school(parts: Parts) -> Iterator[School]:
    org_id = found_school(parts, SCHOOL)
    course_id = make_course(parts).course_id
    with parts.database.transaction() as db:
        db.get_one(Course, course_id).org_id = org_id
    address = f"/system/organisations/{org_id}/suspension"
    with TestClient(create_app(parts)) as admin:
        with_role(admin, parts, Role.ADMIN, CAROL)

        def suspend() -> None:
            assert put(admin, address, {"reason": "办学许可证注销"}).status_code == 204

        def restore() -> None:
            assert delete(admin, address).status_code == 204
            worker.drain(parts)

        yield School(parts, course_id, suspend, restore)


def _enrolled(client: TestClient) -> list[str]:
    return [each["course_id"] for each in client.get("/api/v1/enrolments").json()]


def test_nobody_new_is_let_in_and_who_is_in_goes_on(client: TestClient, school: School) -> None:
    sign_in(client, school.parts, ALICE)
    verify(client, ALICE)
    wish = {"course_id": school.course_id}
    mine = post(client, "/enrolments", wish).json()["id"]
    school.suspend()
    [listed] = client.get("/api/v1/catalogue/courses").json()["courses"]
    assert listed["entry"] == "stopped"
    assert "暂停报名" in client.get("/courses").text
    assert post(client, "/enrolments", wish).json()["id"] == mine
    assert "继续学习" in client.get(f"/courses/{school.course_id}").text
    assert client.get(f"/learn/{mine}").status_code == 200
    with TestClient(create_app(school.parts)) as other:
        prove(school.parts, AUTHOR)
        sign_in(other, school.parts, AUTHOR)
        page = other.get(f"/courses/{school.course_id}").text
        assert _SENTENCE in page
        assert "报名学习" not in page
        refused = post(other, "/enrolments", wish)
        assert (refused.status_code, refused.json()["code"]) == (409, "stopped")
        assert refused.json()["errors"][0]["field"] == "/course_id"
        assert "恢复后再报" in refused.json()["remedy"]
        assert _enrolled(other) == []
        school.restore()
        assert "报名学习" in other.get(f"/courses/{school.course_id}").text
        assert post(other, "/enrolments", wish).status_code == 201


def test_an_employer_cannot_ask_for_it(client: TestClient, school: School) -> None:
    boss = agent(client, school.parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number}
    assert post(boss, "/org/staff", new).status_code == 201
    assert school.course_id in boss.get("/employer/assign/rule").text
    school.suspend()
    assert school.course_id not in boss.get("/employer/assign/rule").text
    wish = {
        "course_id": school.course_id, "purpose": "safety", "due_days": 30, "aim": "new_staff",
        "days": 30,
    }  # fmt: skip
    for way in ("/org/assignment-previews", "/org/assignment-rules"):
        refused = post(boss, way, wish)
        assert (refused.status_code, refused.json()["code"]) == (409, "stopped"), way
        assert refused.json()["errors"][0]["field"] == "/course_id"


def test_what_was_asked_before_keeps_nobody_from_joining_and_begins_when_it_is_restored(
    client: TestClient, school: School
) -> None:
    boss = agent(client, school.parts, MALLORY)
    new = {"name": ALICE.name, "document_number": ALICE.number}
    assert post(boss, "/org/staff", new).status_code == 201
    wish = {"purpose": "safety", "due_days": 30, "aim": "new_staff", "days": 30}
    made = post(boss, "/org/assignment-rules", wish | {"course_id": school.course_id})
    assert made.json()["waiting"] == 1, made.text
    school.suspend()
    with school.parts.database.reading() as db:
        org_id = organisations.find_by_uscc(db, USCC)
    with TestClient(create_app(school.parts)) as alice:
        sign_in(alice, school.parts, ALICE)
        verify(alice, ALICE)
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        worker.drain(school.parts)
        assert _enrolled(alice) == []
        assert "assigned" not in [each["kind"] for each in alice.get("/api/v1/me/notices").json()]
        school.restore()
        assert _enrolled(alice) == [school.course_id]
        assert "assigned" in [each["kind"] for each in alice.get("/api/v1/me/notices").json()]


def test_a_class_of_somebody_elses_goes_on_with_it_when_it_is_restored(
    client: TestClient, school: School
) -> None:
    boss = agent(client, school.parts, MALLORY)
    second = make_course(school.parts, code="second").course_id
    body = card(
        second, prove(school.parts, MALLORY), course_ids=[second, school.course_id], capacity=1
    )
    school.suspend()
    refused = post(boss, "/org/classes", body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/course_ids")
    school.restore()
    class_id = approved(boss, school.parts, body)
    with in_line(school.parts, class_id) as (first, alice):
        school.suspend()
        assert delete(first, f"/me/classes/{class_id}").status_code == 204
        worker.drain(school.parts)
        assert _enrolled(alice) == [second]
        school.restore()
        assert set(_enrolled(alice)) == {second, school.course_id}
