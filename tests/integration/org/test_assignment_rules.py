"""Courses asked of whoever comes under a rule: looked at first, once for each, and taken back."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.core.clock import SettableClock
from app.learning.models.catalogue import Course, Enrolment
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.assignments import Assignment, AssignmentMember
from app.org.models.staff import StaffMember
from app.org.services import attention, organisations
from tests import finished
from tests.courses import make_course
from tests.employers import CHOSEN, USCC, agent, delete, post, put
from tests.lock_order import locked
from tests.people import ALICE, CAROL, MALLORY, sign_in, verify
from tests.rosters import as_xlsx, hand_over, name_of, number_of

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class House:
    parts: Parts
    boss: TestClient
    course_id: str
    clock: SettableClock

    def wish(self, **more: object) -> dict[str, object]:
        return {"course_id": self.course_id, "purpose": "safety", "due_days": 30} | more

    def make(self, **more: object) -> dict:
        answer = post(self.boss, "/org/assignment-rules", self.wish(**more))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def look(self, **more: object) -> dict[str, int]:
        answer = post(self.boss, "/org/assignment-previews", self.wish(**more))
        assert answer.status_code == 200, answer.text
        return {name: answer.json()[name] for name in ("begin", "waiting", "had")}

    def rule(self, rule_id: str) -> dict:
        return dict(self.boss.get(f"/api/v1/org/assignment-rules/{rule_id}").json())

    def sweep(self) -> None:
        next(each for each in worker.SCHEDULES if each.name == "assign_by_rule").run(self.parts)

    def asked(self) -> dict[str, dt.date]:
        """The due day of everybody of whom the course was asked, by unit and position."""
        with self.parts.database.reading() as db:
            query = (
                select(StaffMember.unit, StaffMember.position, Assignment.due_on)
                .join(AssignmentMember, AssignmentMember.staff_id == StaffMember.id)
                .join(Assignment, Assignment.id == AssignmentMember.assignment_id)
                .where(AssignmentMember.course_id == self.course_id)
            )
            return {f"{row[0]} {row[1]}".strip(): row[2] for row in db.execute(query)}

    def bring(self, *lines: tuple[int, str, str]) -> None:
        rows = [(name_of(n), number_of(n), "", unit, position) for n, unit, position in lines]
        import_id = hand_over(self.boss, as_xlsx(rows))["import_id"]
        way = f"/org/imports/{import_id}/confirmation"
        assert post(self.boss, way, {"only_good": False}).status_code == 204
        worker.drain(self.parts)


@pytest.fixture
def house(client: TestClient, parts: Parts, clock: SettableClock) -> House:
    return House(parts, agent(client, parts, MALLORY), make_course(parts).course_id, clock)


def _join(house: House, client: TestClient) -> str:
    """Alice joins in a unit of her own; returns her line's id."""
    new = {"name": ALICE.name, "document_number": ALICE.number, "unit": "公司/车间一"}
    staff_id = str(post(house.boss, "/org/staff", new).json()["staff_id"])
    sign_in(client, house.parts, ALICE)
    verify(client, ALICE)
    with house.parts.database.reading() as db:
        org_id = organisations.find_by_uscc(db, USCC)
    assert post(client, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
    return staff_id


def test_a_unit_is_asked_with_all_below_it_and_newcomers_once(house: House) -> None:
    house.bring((0, "公司/车间一", ""), (1, "公司/车间一/甲班", ""), (2, "公司/车间二", ""))
    wish = {"aim": "unit", "unit": "公司 / 车间一", "stands": True}
    assert house.look(**wish) == {"begin": 0, "waiting": 2, "had": 0}
    assert house.asked() == {}
    made = house.make(**wish)
    assert (made["begun"], made["waiting"], made["unchanged"]) == (0, 2, 0)
    today = dt.date(2026, 11, 24)
    due = today + dt.timedelta(days=30)
    assert house.asked() == {"公司/车间一": due, "公司/车间一/甲班": due}
    assert house.look(**wish) == {"begin": 0, "waiting": 0, "had": 2}
    house.clock.advance(ms=DAY_MS)
    sign_in(house.boss, house.parts, MALLORY)
    house.bring((3, "公司/车间一/乙班", ""), (2, "公司/车间二/丙班", ""))
    house.sweep()
    house.sweep()
    later = due + dt.timedelta(days=1)
    assert house.asked() == {
        "公司/车间一": due, "公司/车间一/甲班": due, "公司/车间一/乙班": later
    }  # fmt: skip
    rule = house.rule(made["rule_id"])
    assert (rule["state"], rule["asked"], rule["target"]) == (
        "standing", 3, "部门（连下级）：公司/车间一",
    )  # fmt: skip
    assert post(house.boss, f"/org/assignment-rules/{made['rule_id']}/end", {}).status_code == 204
    house.bring((4, "公司/车间一/丁班", ""))
    house.sweep()
    assert len(house.asked()) == 3
    again = post(house.boss, f"/org/assignment-rules/{made['rule_id']}/end", {})
    assert again.json()["code"] == "rule_over"


def test_a_rule_of_a_merged_unit_goes_on_with_the_other(house: House) -> None:
    house.bring((0, "一厂", ""), (1, "二厂", ""))
    house.make(aim="unit", unit="一厂", stands=True)
    units = house.boss.get("/api/v1/org/units").json()["items"]
    first = next(each["unit_id"] for each in units if each["words"] == "一厂")
    assert post(house.boss, f"/org/units/{first}/merging", {"into": "二厂"}).status_code == 200
    house.sweep()
    assert house.boss.get("/api/v1/org/assignments").json()[0]["staff_count"] == 2


def test_the_worker_locks_an_organisation_before_its_rule(house: House) -> None:
    """As whoever ends, withdraws or merges does; the other way round they wait in a ring."""
    house.bring((0, "一厂", ""))
    house.make(aim="unit", unit="一厂", stands=True)
    house.bring((1, "一厂", ""))
    with locked(house.parts.database.engine) as tables:
        house.sweep()
    assert len(house.asked()) == 1
    # SQLite has one writer at a time, and is asked for no lock.
    is_sqlite = house.parts.database.engine.dialect.name == "sqlite"
    assert ("assignment_rule" in tables) is not is_sqlite
    for before, table in zip(["", *tables], tables, strict=False):
        assert table != "assignment_rule" or before == "organisation", tables


def test_positions_tags_and_new_people(house: House) -> None:
    house.bring((0, "一厂", "焊工"), (1, "一厂", "钳工"), (2, "二厂", "焊工"))
    assert house.look(aim="position", position="焊工")["waiting"] == 2
    tag = post(house.boss, "/org/tags", {"name": "动火"}).json()["tag_id"]
    post(house.boss, f"/org/tags/{tag}/people", {"unit": "二厂"})
    assert house.make(aim="tag", tag="动火")["waiting"] == 1
    house.clock.advance(ms=40 * DAY_MS)
    sign_in(house.boss, house.parts, MALLORY)
    wish = {"aim": "new_staff", "days": 30}
    assert house.look(**wish) == {"begin": 0, "waiting": 0, "had": 0}
    made = house.make(**wish, unit="一厂")
    house.bring((3, "一厂/新班", "学徒"), (4, "二厂", "学徒"))
    house.sweep()
    assert set(house.asked()) == {"二厂 焊工", "一厂/新班 学徒"}
    assert house.rule(made["rule_id"])["target"] == "30 天内列入名单的人，一厂"


def test_who_has_the_course_keeps_their_day(house: House) -> None:
    house.bring((0, "一厂", ""), (1, "一厂/甲班", ""))
    staff = house.boss.get("/api/v1/org/staff").json()["items"]
    first = next(each["staff_id"] for each in staff if each["unit"] == "一厂")
    given = {"course_id": house.course_id, "staff_ids": [first], "due_on": "2026-12-31"}
    post(house.boss, "/org/assignment-rules", given | CHOSEN)
    made = house.make(aim="unit", unit="一厂", due_days=None, due_on="2026-12-01")
    assert (made["waiting"], made["unchanged"]) == (1, 1)
    assert house.asked() == {"一厂": dt.date(2026, 12, 31), "一厂/甲班": dt.date(2026, 12, 1)}
    chosen = house.make(aim="persons", staff_ids=[first], due_days=None, due_on="2027-01-05")
    assert chosen["waiting"] == 1
    assert house.asked()["一厂"] == dt.date(2027, 1, 5)


def test_the_page_for_chosen_people_says_what_for_and_offers_every_course(house: House) -> None:
    """One way to ask: what is chosen one by one stands among the rules, with its purpose."""
    for number in range(30):
        make_course(house.parts, code=f"more-{number}")
    house.bring((0, "一厂", ""))
    page = house.boss.get("/employer/assign").text
    assert 'data-api="POST /api/v1/org/assignment-rules"' in page
    assert 'name="purpose"' in page
    assert 'name="aim" value="persons"' in page
    assert page.count("<option") - page.count('<option value="safety"') >= 31
    assert post(house.boss, "/org/assignments", house.wish(due_on="2026-12-31")).status_code == 405


def test_more_than_a_piece_is_asked_by_the_worker(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("assignment_rules", "assigning"):
        monkeypatch.setattr(f"app.org.services.{module}.PIECE", 2)
    house.bring(*((n, f"一厂/{n} 班", "") for n in range(5)))
    made = house.make(aim="unit", unit="一厂")
    assert (made["waiting"], made["is_more"]) == (2, True)
    assert house.rule(made["rule_id"])["state"] == "working"
    worker.drain(house.parts)
    rule = house.rule(made["rule_id"])
    assert (rule["state"], rule["asked"]) == ("done", 5)
    way = f"/org/assignment-rules/{made['rule_id']}/withdrawal"
    assert post(house.boss, way, {}).status_code == 204
    worker.drain(house.parts)
    rule = house.rule(made["rule_id"])
    assert (rule["state"], rule["withdrawn"], rule["asked"]) == ("withdrawn", 5, 0)
    assert house.asked() == {}


def test_withdrawing_leaves_what_was_studied_to_the_person(house: House) -> None:
    with TestClient(create_app(house.parts)) as alice:
        _join(house, alice)
        house.bring((0, "公司/车间一", "焊工"))
        made = house.make(aim="unit", unit="公司")
        assert (made["begun"], made["waiting"]) == (1, 1)
        [enrolment] = alice.get("/api/v1/enrolments").json()
        other = house.make(aim="position", position="焊工")
        assert other["unchanged"] == 1
        way = f"/org/assignment-rules/{made['rule_id']}/withdrawal"
        assert post(house.boss, way, {}).status_code == 204
        rule = house.rule(made["rule_id"])
        assert (rule["state"], rule["withdrawn"], rule["kept"]) == ("withdrawn", 1, 1)
        assert list(house.asked()) == ["公司/车间一 焊工"], "the other rule asks it, too"
        assert [each["id"] for each in alice.get("/api/v1/enrolments").json()] == [enrolment["id"]]
        with house.parts.database.reading() as db:
            assert db.get_one(Enrolment, enrolment["id"]).deadline_on is None
        told = [each["kind"] for each in alice.get("/api/v1/me/notices").json()]
        assert "assignment_withdrawn" in told
        assert post(house.boss, way, {}).json()["code"] == "rule_over"
        page = house.boss.get(f"/employer/assignment-rules/{made['rule_id']}").text
        assert "已撤回" in page


def test_whom_a_rule_met_and_who_left_since_has_no_name(house: House) -> None:
    house.bring((0, "公司/车间一", "焊工"), (1, "公司/车间一", ""))
    made = house.make(aim="unit", unit="公司")
    way = f"/employer/assignment-rules/{made['rule_id']}"
    with house.parts.database.reading() as db:
        lines = {row.position: row.id for row in db.scalars(select(StaffMember))}
    assert delete(house.boss, f"/org/staff/{lines['焊工']}").status_code == 204
    page = house.boss.get(way).text
    assert "已离开的员工" in page
    assert name_of(0) not in page
    assert name_of(1) in page
    with house.parts.database.transaction() as db:  # as when their period is over
        row = db.get_one(StaffMember, lines["焊工"])
        row.roster_id = row.id
    assert house.boss.get(way).status_code == 200


def test_what_two_employers_ask_for_is_due_by_the_nearer_day(
    house: House, clock: SettableClock
) -> None:
    """Also once one of them takes back what it asked for."""
    today = clock.now().date()
    late = today + dt.timedelta(days=60)
    with TestClient(create_app(house.parts)) as alice, TestClient(create_app(house.parts)) as other:
        _join(house, alice)
        rival = agent(other, house.parts, CAROL, uscc="91350100M000100Y43")
        new = {"name": ALICE.name, "document_number": ALICE.number}
        staff_id = post(rival, "/org/staff", new).json()["staff_id"]
        with house.parts.database.reading() as db:
            org_id = organisations.find_by_uscc(db, "91350100M000100Y43")
        assert post(alice, f"/me/employers/{org_id}/acceptance", {}).status_code == 204
        asked = {"course_id": house.course_id, "staff_ids": [staff_id], "due_on": str(late)}
        assert post(rival, "/org/assignment-rules", asked | CHOSEN).status_code == 201
        made = house.make(aim="unit", unit="公司")
        [enrolment] = alice.get("/api/v1/enrolments").json()
        later = clock.now() + dt.timedelta(days=27)
        with house.parts.database.reading() as db:
            found = db.get_one(Enrolment, enrolment["id"])
            near = attention.own(db, house.parts.vault, found.learner_id, now=later)
            assert [each.row.due_on for each in near] == [today + dt.timedelta(days=30)]
        way = f"/org/assignment-rules/{made['rule_id']}/withdrawal"
        assert post(house.boss, way, {}).status_code == 204
        worker.drain(house.parts)
        assert house.rule(made["rule_id"])["withdrawn"] == 1
        with house.parts.database.reading() as db:
            assert db.get_one(Enrolment, enrolment["id"]).deadline_on == late


def test_a_course_that_is_closed_waits_and_says_so(house: House) -> None:
    made = house.make(aim="unit", unit=_unit(house, "一厂"), stands=True)
    with TestClient(create_app(house.parts)) as alice:
        _join(house, alice)
        staff = house.boss.get("/api/v1/org/staff").json()["items"]
        body = {"name": ALICE.name, "unit": "一厂"}
        assert put(house.boss, f"/org/staff/{staff[0]['staff_id']}", body).status_code == 200
        _open(house, is_open=False)
        house.sweep()
        rule = house.rule(made["rule_id"])
        assert "停止报名" in rule["trouble"]
        assert rule["asked"] == 0
        _open(house, is_open=True)
        house.sweep()
        rule = house.rule(made["rule_id"])
        assert (rule["trouble"], rule["asked"]) == (None, 1)


def _unit(house: House, words: str) -> str:
    assert post(house.boss, "/org/units", {"words": words}).status_code == 201
    return words


def _open(house: House, *, is_open: bool) -> None:
    with house.parts.database.transaction() as db:
        db.get_one(Course, house.course_id).is_open = is_open


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"aim": "unit", "unit": "没有的"}, "/unit"),
        ({"aim": "unit"}, "/unit"),
        ({"aim": "position", "position": "没有的"}, "/position"),
        ({"aim": "tag", "tag": ""}, "/tag"),
        ({"aim": "new_staff"}, "/days"),
        ({"aim": "expiring", "days": 30}, "/certificate_kind"),
        ({"aim": "expiring", "days": 30, "certificate_kind": "没有的证书"}, "/certificate_kind"),
        ({"aim": "persons"}, "/staff_ids"),
        ({"aim": "new_staff", "days": 30, "due_days": None}, "/due_on"),
        ({"aim": "new_staff", "days": 30, "purpose": "party"}, "/purpose"),
    ],
)
def test_what_cannot_be_asked_is_named(shared_boss: House, wish: dict, field: str) -> None:
    for way in ("/org/assignment-previews", "/org/assignment-rules"):
        answer = post(shared_boss.boss, way, shared_boss.wish(**wish))
        assert answer.status_code == 422, answer.text
        assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.fixture(scope="module")
def shared_boss(shared_parts: Parts):
    with TestClient(create_app(shared_parts)) as client:
        course_id = make_course(shared_parts).course_id
        clock = shared_parts.clock
        assert isinstance(clock, SettableClock)
        yield House(shared_parts, agent(client, shared_parts, CAROL), course_id, clock)


def test_holders_whose_certificate_nears_its_end_are_asked_once_for_each(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    worker.drain(parts)
    with TestClient(create_app(parts)) as person:
        sign_in(person, parts, who.someone)
        house = House(parts, agent(client, parts, MALLORY), course.course_id, clock)
        new = {"name": who.name, "document_number": who.number}
        staff_id = post(house.boss, "/org/staff", new).json()["staff_id"]
        with parts.database.reading() as db:
            org_id = organisations.find_by_uscc(db, USCC)
        post(person, f"/me/employers/{org_id}/acceptance", {})
        wish = {"aim": "expiring", "days": 90, "certificate_kind": "培训合格证书"}
        assert house.look(**wish) == {"begin": 0, "waiting": 0, "had": 0}
        made = house.make(**wish)
        clock.advance(ms=1040 * DAY_MS)
        for who_calls, someone in ((house.boss, MALLORY), (person, who.someone)):
            sign_in(who_calls, parts, someone)
        assert house.look(**wish)["begin"] == 0, "a course of their own is not the employer's"
        given = {"course_id": house.course_id, "staff_ids": [staff_id], "due_on": "2029-12-01"}
        with parts.database.transaction() as db:
            line = db.get_one(StaffMember, staff_id)
            line.shows_all_courses = True
        assert house.look(**wish)["begin"] == 1
        house.sweep()
        house.sweep()
        assert house.rule(made["rule_id"])["asked"] == 1
        assert len(person.get("/api/v1/enrolments").json()) == 2
        assert post(house.boss, "/org/assignment-rules", given | CHOSEN).status_code == 201


def test_another_organisations_rules_are_not_found(house: House) -> None:
    made = house.make(aim="new_staff", days=7)
    with TestClient(create_app(house.parts)) as client:
        rival = agent(client, house.parts, CAROL, uscc="91350100M000100Y43")
        own = f"/org/assignment-rules/{made['rule_id']}"
        assert rival.get(f"/api/v1{own}").status_code == 404
        assert post(rival, f"{own}/end", {}).status_code == 404
        assert post(rival, f"{own}/withdrawal", {}).status_code == 404
        assert rival.get(f"/employer/assignment-rules/{made['rule_id']}").status_code == 404
        assert rival.get("/api/v1/org/assignment-rules").json()["total"] == 0
