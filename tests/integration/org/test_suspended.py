"""While an organisation is suspended nothing changes: not by worker, desk, or a late yes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from app import worker
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.services import organisations
from tests.classrooms import approved, card, draft, in_line
from tests.courses import make_course
from tests.employers import USCC, agent, delete, post, put
from tests.people import ALICE, CAROL, MALLORY, prove, sign_in, verify
from tests.reviewers import on_case, only_case, reviewer, with_role
from tests.rosters import as_xlsx, hand_over, line_of


@dataclass(frozen=True, slots=True)
class Office:
    """An employer, and the administrator who suspends and restores it."""

    parts: Parts
    boss: TestClient
    org_id: str
    suspend: Callable[[], None]
    restore: Callable[[], None]

    def bring(self, count: int) -> str:
        """Put people on the roster from a file; returns the import's id."""
        lines = [line_of(place) for place in range(count)]
        import_id = str(hand_over(self.boss, as_xlsx(lines))["import_id"])
        way = f"/org/imports/{import_id}/confirmation"
        assert post(self.boss, way, {"only_good": False}).status_code == 204
        worker.drain(self.parts)
        return import_id

    def count_staff(self) -> int:
        return int(self.boss.get("/api/v1/org/staff").json()["total"])


@pytest.fixture
def office(client: TestClient, parts: Parts) -> Iterator[Office]:
    boss = agent(client, parts, MALLORY)
    with parts.database.reading() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
    address = f"/system/organisations/{org_id}/suspension"
    with TestClient(create_app(parts)) as admin:
        with_role(admin, parts, Role.ADMIN, CAROL)

        def suspend() -> None:
            assert put(admin, address, {"reason": "证照过期未年检"}).status_code == 204

        def restore() -> None:
            assert delete(admin, address).status_code == 204

        yield Office(parts, boss, org_id, suspend, restore)


def test_an_import_is_not_taken_back_before_it_is_restored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.org.services.import_undoing.PIECE", 2)
    import_id = office.bring(5)
    assert post(office.boss, f"/org/imports/{import_id}/undoing", {}).status_code == 204
    office.suspend()
    worker.drain(office.parts)
    assert office.count_staff() == 5
    office.restore()
    worker.drain(office.parts)
    assert office.count_staff() == 0
    assert office.boss.get(f"/api/v1/org/imports/{import_id}").json()["state"] == "undone"


def test_a_rule_that_is_withdrawn_takes_back_no_more_before_it_is_restored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("assignment_rules", "assigning"):
        monkeypatch.setattr(f"app.org.services.{module}.PIECE", 2)
    office.bring(5)
    everybody = {"aim": "new_staff", "days": 30, "purpose": "safety", "due_days": 30}
    wish = everybody | {"course_id": make_course(office.parts).course_id}
    made = post(office.boss, "/org/assignment-rules", wish)
    assert made.status_code == 201, made.text
    worker.drain(office.parts)
    address = f"/org/assignment-rules/{made.json()['rule_id']}"
    assert post(office.boss, f"{address}/withdrawal", {}).status_code == 204
    office.suspend()
    worker.drain(office.parts)
    rule = office.boss.get(f"/api/v1{address}").json()
    assert (rule["withdrawn"], rule["asked"]) == (2, 3)
    office.restore()
    worker.drain(office.parts)
    rule = office.boss.get(f"/api/v1{address}").json()
    assert (rule["withdrawn"], rule["asked"]) == (5, 0)


def test_nobody_joins_meanwhile_and_who_has_joined_can_hide_and_leave(office: Office) -> None:
    new = {"name": ALICE.name, "document_number": ALICE.number}
    assert post(office.boss, "/org/staff", new).status_code == 201
    yes = f"/me/employers/{office.org_id}/acceptance"
    with TestClient(create_app(office.parts)) as alice:
        sign_in(alice, office.parts, ALICE)
        verify(alice, ALICE)
        office.suspend()
        refused = post(alice, yes, {})
        assert (refused.status_code, refused.json()["code"]) == (409, "org_suspended")
        assert "再来确认" in refused.json()["remedy"]
        office.restore()
        assert post(alice, yes, {"shows_all_courses": True}).status_code == 204
        office.suspend()
        assert post(alice, yes, {"shows_all_courses": False}).status_code == 204
        assert delete(alice, f"/me/employers/{office.org_id}").status_code == 204


def test_its_class_is_not_approved_and_can_be_sent_back(office: Office) -> None:
    teacher = prove(office.parts, MALLORY)
    class_id = draft(office.boss, card(make_course(office.parts).course_id, teacher))
    assert post(office.boss, f"/org/classes/{class_id}/application", {}).status_code == 204
    office.suspend()
    with reviewer(office.parts) as desk:
        case_id = only_case(desk, "class_opening")["id"]
        refused = on_case(desk, case_id, "decision", decision="approve", reason="计划齐全")
        assert (refused.status_code, refused.json()["code"]) == (409, "org_suspended")
        sent = on_case(desk, case_id, "decision", decision="reject", reason="单位暂停使用")
        assert sent.status_code == 200, sent.text
    assert office.boss.get(f"/api/v1/org/classes/{class_id}").json()["state"] == "draft"


def test_nobody_moves_up_into_its_class_before_it_is_restored(office: Office) -> None:
    teacher = prove(office.parts, MALLORY)
    body = card(make_course(office.parts).course_id, teacher, capacity=1)
    class_id = approved(office.boss, office.parts, body)
    with in_line(office.parts, class_id) as (first, other):
        office.suspend()
        assert delete(first, f"/me/classes/{class_id}").status_code == 204
        worker.drain(office.parts)
        assert other.get("/api/v1/enrolments").json() == []
        office.restore()
        worker.drain(office.parts)
        assert len(other.get("/api/v1/enrolments").json()) == 1
        assert "class_moved_up" in [each["kind"] for each in other.get("/api/v1/me/notices").json()]
