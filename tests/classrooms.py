"""Classes of the tests: what is entered of one, and one that the desk has approved."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.classes import TrainingClass
from app.org.rules.classes import ClassState
from tests.employers import post
from tests.institutions import AUTHOR
from tests.people import ALICE, prove, sign_in
from tests.reviewers import on_case, only_case, reviewer

UNIT = {
    "day": "2026-11-24",
    "starts": "14:00",
    "minutes": 90,
    "topic": "触电急救",
    "place": "实训室",
}


def card(course_id: str, teacher_id: str, **changes: object) -> dict[str, object]:
    """The body of a class that begins on the day on which the tests' clock stands."""
    return {
        "title": "2026 年第一期电工班", "summary": "学安全用电，在成都上课。",
        "starts_on": "2026-11-24", "ends_on": "2026-12-20", "capacity": 2, "is_public": True,
        "enrol_until": "2026-12-01", "course_ids": [course_id], "teacher_ids": [teacher_id],
    } | changes  # fmt: skip


def draft(client: TestClient, body: dict[str, object], **unit: object) -> str:
    """Enter a class with one unit; returns its id."""
    made = post(client, "/org/classes", body)
    assert made.status_code == 201, made.text
    class_id = str(made.json()["class_id"])
    planned = post(client, f"/org/classes/{class_id}/units", UNIT | unit)
    assert planned.status_code == 201, planned.text
    return class_id


def approved(client: TestClient, parts: Parts, body: dict[str, object], **unit: object) -> str:
    """A class that a reviewer has approved; returns its id."""
    class_id = draft(client, body, **unit)
    asked = post(client, f"/org/classes/{class_id}/application", {})
    assert asked.status_code == 204, asked.text
    with reviewer(parts) as desk:
        case_id = only_case(desk, "class_opening")["id"]
        done = on_case(desk, case_id, "decision", decision="approve", reason="计划齐全")
        assert done.status_code == 200, done.text
    return class_id


@contextmanager
def in_line(parts: Parts, class_id: str) -> Iterator[tuple[TestClient, TestClient]]:
    """Two who join a class of one place: who has it, and who waits for it."""
    with TestClient(create_app(parts)) as first, TestClient(create_app(parts)) as second:
        for client, who in ((first, AUTHOR), (second, ALICE)):
            prove(parts, who)
            sign_in(client, parts, who)
            assert post(client, "/me/classes", {"class_id": class_id}).status_code == 200
        yield first, second


def furnish_class(parts: Parts, boss: TestClient, alice: TestClient, course_id: str) -> dict:
    """A public class under way with Alice in it, past the desk; ids of it, its unit and her."""
    now = parts.clock.now()
    class_id = draft(boss, card(course_id, "", teacher_ids=[], capacity=30))
    with parts.database.transaction() as db:
        row = db.get_one(TrainingClass, class_id)
        row.state, row.approved_at = ClassState.RUNNING, now
    assert post(alice, "/me/classes", {"class_id": class_id}).status_code == 200
    base = f"/api/v1/org/classes/{class_id}"
    [unit], [member] = boss.get(f"{base}/units").json(), boss.get(f"{base}/members").json()["items"]
    return {
        "class_id": class_id, "plan_unit_id": unit["unit_id"], "member_id": member["member_id"],
    }  # fmt: skip
