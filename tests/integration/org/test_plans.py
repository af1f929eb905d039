"""The annual plan: its lines, what became of them, the next year's, the table."""

import io

import pytest
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from app import worker
from app.lobby.parts import Parts
from app.main import create_app
from app.org.services import organisations
from tests import finished
from tests.employers import CHOSEN, USCC, agent, delete, post, put
from tests.people import CAROL, MALLORY, sign_in
from tests.rosters import name_of, number_of


def _plan(boss: TestClient, year: int = 2026) -> dict:
    return dict(boss.get(f"/api/v1/org/plans?year={year}").json())


def test_a_plan_is_held_against_what_was_asked_and_finished(
    client: TestClient, parts: Parts
) -> None:
    [course] = finished.courses(parts, ("usual",))
    who = finished.finish(parts, course, "李梅", 1)
    worker.drain(parts)
    boss = agent(client, parts, MALLORY)
    new = {"name": who.name, "document_number": who.number, "unit": "一厂/甲班"}
    staff = [post(boss, "/org/staff", new).json()["staff_id"]]
    for place, unit in ((0, "一厂"), (1, "二厂")):
        other = {"name": name_of(place), "document_number": number_of(place), "unit": unit}
        staff.append(post(boss, "/org/staff", other).json()["staff_id"])
    with TestClient(create_app(parts)) as person, parts.database.reading() as db:
        sign_in(person, parts, who.someone)
        org_id = organisations.find_by_uscc(db, USCC)
        post(person, f"/me/employers/{org_id}/acceptance", {})
    line = {
        "year": 2026, "unit": "一厂", "course_id": course.course_id, "purpose": "safety",
        "heads": 4, "budget_yuan": 12_000, "note": "年底前完成",
    }  # fmt: skip
    line_id = post(boss, "/org/plan-lines", line).json()["line_id"]
    post(boss, "/org/plan-lines", line | {"unit": "", "heads": 10})
    assert post(boss, "/org/plan-lines", line).json()["code"] == "plan_line_there"
    assert [each["asked"] for each in _plan(boss)["lines"]] == [0, 0]
    given = {"course_id": course.course_id, "staff_ids": staff, "due_on": "2026-12-31"}
    assert post(boss, "/org/assignment-rules", given | CHOSEN).status_code == 201
    whole, unit = _plan(boss)["lines"]
    names = ("unit", "heads", "asked", "begun", "done", "percent")
    assert [unit[name] for name in names] == ["一厂", 4, 2, 1, 1, 25]
    assert [whole[name] for name in names] == ["", 10, 3, 1, 1, 10]
    assert _plan(boss)["budget_yuan"] == 24_000
    assert _plan(boss, 2027)["lines"] == []
    page = boss.get(f"/employer/plan/lines/{line_id}").text
    assert who.name in page
    assert name_of(0) in page
    assert name_of(1) not in page
    assert "一厂" in boss.get("/employer/plan").text
    table = boss.get("/api/v1/org/plans/export.xlsx?year=2026")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(table.content)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert len(rows) == 4
    assert rows[2][:7] == ["一厂", whole["course_title"], "安全技能培训", 4.0, 2.0, 1.0, 1.0]
    assert (rows[3][0], rows[3][8]) == ("合计", 24_000.0)
    units = boss.get("/api/v1/org/units").json()["items"]
    first = next(each["unit_id"] for each in units if each["words"] == "一厂")
    assert post(boss, f"/org/units/{first}/merging", {"into": "二厂"}).status_code == 200
    assert {each["unit"]: each["asked"] for each in _plan(boss)["lines"]} == {"": 3, "二厂": 3}


def test_a_plan_is_copied_changed_and_shortened(client: TestClient, parts: Parts) -> None:
    [course] = finished.courses(parts, ("usual",))
    boss = agent(client, parts, MALLORY)
    assert post(boss, "/org/plan-copies", {"year": 2026}).json()["code"] == "nothing_to_copy"
    post(boss, "/org/units", {"words": "一厂"})
    line = {"course_id": course.course_id, "purpose": "pre_job", "heads": 4, "budget_yuan": 7}
    for unit in ("", "一厂"):
        answer = post(boss, "/org/plan-lines", line | {"year": 2026, "unit": unit})
        assert answer.status_code == 201, answer.text
    copied = post(boss, "/org/plan-copies", {"year": 2026})
    assert copied.json() == {"year": 2027, "copied": 2}
    assert post(boss, "/org/plan-copies", {"year": 2026}).status_code == 409
    first, second = _plan(boss, 2027)["lines"]
    way = f"/org/plan-lines/{second['line_id']}"
    assert put(boss, way, line | {"unit": "一厂", "heads": 9}).status_code == 204
    assert put(boss, way, line | {"unit": ""}).json()["code"] == "plan_line_there"
    assert put(boss, way, line | {"unit": "没有的"}).json()["errors"][0]["field"] == "/unit"
    assert put(boss, way, line | {"purpose": "x"}).json()["errors"][0]["field"] == "/purpose"
    assert [each["heads"] for each in _plan(boss, 2027)["lines"]] == [4, 9]
    assert delete(boss, f"/org/plan-lines/{first['line_id']}").status_code == 204
    assert [each["heads"] for each in _plan(boss, 2027)["lines"]] == [9]
    assert [each["heads"] for each in _plan(boss)["lines"]] == [4, 4]
    with TestClient(create_app(parts)) as other:
        rival = agent(other, parts, CAROL, uscc="91350100M000100Y43")
        assert put(rival, way, line).status_code == 404
        assert delete(rival, way).status_code == 404
        assert rival.get(f"/employer/plan/lines/{second['line_id']}").status_code == 404
        assert _plan(rival, 2027)["lines"] == []


@pytest.mark.parametrize("year", [1999, 2200])
def test_a_year_that_is_none_is_refused(client: TestClient, parts: Parts, year: int) -> None:
    boss = agent(client, parts, MALLORY)
    assert boss.get(f"/api/v1/org/plans?year={year}").status_code == 422
