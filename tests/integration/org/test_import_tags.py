"""Tags from a table: put on, named where nobody made them, taken off with the import."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.lobby.parts import Parts
from tests.employers import agent, delete, post, put
from tests.people import MALLORY
from tests.rosters import as_xlsx, hand_over, name_of, number_of


@pytest.fixture
def boss(client: TestClient, parts: Parts) -> TestClient:
    boss = agent(client, parts, MALLORY)
    for name in ("夜班", "班组长", "焊工、切割"):
        assert post(boss, "/org/tags", {"name": name}).status_code == 201
    return boss


def _bring(boss: TestClient, *tags: str) -> dict[str, Any]:
    rows = [(name_of(n), number_of(n), "", "一车间", "", tag) for n, tag in enumerate(tags)]
    return dict(hand_over(boss, as_xlsx(rows)))


def _take_over(boss: TestClient, parts: Parts, *tags: str) -> str:
    import_id = str(_bring(boss, *tags)["import_id"])
    confirm = {"only_good": False}
    assert post(boss, f"/org/imports/{import_id}/confirmation", confirm).status_code == 204
    worker.drain(parts)
    return import_id


def _undo(boss: TestClient, parts: Parts, import_id: str) -> None:
    assert post(boss, f"/org/imports/{import_id}/undoing", {}).status_code == 204
    worker.drain(parts)


def _heads(boss: TestClient) -> dict[str, int]:
    found = boss.get("/api/v1/org/tags").json()
    return {each["name"]: each["people"] for each in found["items"]}


def test_tags_are_put_on_none_is_taken_off_and_again_is_nothing(
    boss: TestClient, parts: Parts
) -> None:
    _take_over(boss, parts, "夜班，班组长", "焊工、切割、夜班", "")
    assert _heads(boss) == {"夜班": 2, "班组长": 1, "焊工、切割": 1}
    again = _bring(boss, "班组长", "", "夜班")
    assert (again["unchanged"], again["changed"]) == (2, 1)
    way = f"/api/v1/org/imports/{again['import_id']}/findings?kind=change"
    (change,) = boss.get(way).json()["items"]
    assert (change["cell"], change["cause"]) == ("F4", "标签：加上 夜班")
    assert delete(boss, f"/org/imports/{again['import_id']}").status_code == 204
    _take_over(boss, parts, "班组长", "", "夜班")
    assert _heads(boss) == {"夜班": 3, "班组长": 1, "焊工、切割": 1}


def test_a_tag_that_nobody_made_is_a_fault_of_its_cell(boss: TestClient) -> None:
    looked = _bring(boss, "夜班", "夜班、白班")
    assert (looked["faulty"], looked["fresh"]) == (1, 1)
    (fault,) = boss.get(f"/api/v1/org/imports/{looked['import_id']}/findings").json()["items"][:1]
    assert fault["cell"] == "F3"
    assert "白班" not in fault["cause"]
    assert "建好" in fault["remedy"]


def test_undoing_takes_off_what_it_put_on_and_nothing_else(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, "夜班", "")
    second = _take_over(boss, parts, "夜班、班组长", "夜班")
    assert _heads(boss) == {"夜班": 2, "班组长": 1, "焊工、切割": 0}
    _undo(boss, parts, second)
    assert _heads(boss) == {"夜班": 1, "班组长": 0, "焊工、切割": 0}


def test_what_was_changed_since_stays(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, "")
    second = _take_over(boss, parts, "夜班")
    (line,) = boss.get("/api/v1/org/staff").json()["items"]
    changed = {"name": name_of(0), "unit": "二车间", "position": ""}
    assert put(boss, f"/org/staff/{line['staff_id']}", changed).status_code == 200
    _undo(boss, parts, second)
    assert _heads(boss)["夜班"] == 1
    assert boss.get(f"/api/v1/org/imports/{second}").json()["kept"] == 1


def test_the_export_brought_again_changes_nothing(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, "焊工、切割、夜班", "班组长")
    table = boss.get("/api/v1/org/roster/export.xlsx").content
    again = hand_over(boss, table)
    assert (again["unchanged"], again["fresh"], again["changed"], again["faulty"]) == (2, 0, 0, 0)
