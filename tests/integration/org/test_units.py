"""Units as a tree, positions and tags: what changes them changes every line in the same step."""

import io

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.join_codes import JoinCode
from app.org.models.staff import StaffMember
from app.org.models.units import OrgPosition, OrgUnit, StaffTag
from tests.employers import agent, delete, post, put
from tests.people import CAROL, MALLORY, csrf
from tests.rosters import as_xlsx, counts, hand_over, name_of, number_of


@pytest.fixture
def boss(client: TestClient, parts: Parts) -> TestClient:
    return agent(client, parts, MALLORY)


def _line(place: int, unit: str, position: str = "") -> tuple[str, ...]:
    return name_of(place), number_of(place), "", unit, position


def _take_over(boss: TestClient, parts: Parts, lines: list[tuple[str, ...]]) -> dict:
    import_id = hand_over(boss, as_xlsx(lines))["import_id"]
    answer = post(boss, f"/org/imports/{import_id}/confirmation", {"only_good": False})
    assert answer.status_code == 204, answer.text
    worker.drain(parts)
    return dict(boss.get(f"/api/v1/org/imports/{import_id}").json())


def _units(boss: TestClient, query: str = "") -> dict[str, tuple[int, int]]:
    items = boss.get(f"/api/v1/org/units{query}").json()["items"]
    return {each["words"]: (each["people"], each["people_below"]) for each in items}


def _id(boss: TestClient, words: str) -> str:
    items = boss.get("/api/v1/org/units", params={"q": words}).json()["items"]
    return next(str(each["unit_id"]) for each in items if each["words"] == words)


def _lines_agree(parts: Parts) -> None:
    """The words on every line are those of the rows that its ids name, and paths are whole."""
    with parts.database.reading() as db:
        units = {row.id: row for row in db.scalars(select(OrgUnit))}
        positions = {row.id: row.name for row in db.scalars(select(OrgPosition))}
        for row in db.scalars(select(StaffMember)):
            assert row.unit == (units[row.unit_id].words if row.unit_id else "")
            assert row.position == (positions[row.position_id] if row.position_id else "")
        by_words = {row.words: row for row in units.values()}
        for row in units.values():
            upper = by_words.get(row.words.rpartition("/")[0])
            assert row.path == (upper.path if upper else "") + row.id, row.words


def test_a_roster_makes_the_tree_and_shows_it_before(boss: TestClient, parts: Parts) -> None:
    lines = [
        _line(0, "公司/车间一/甲班", "装配工"), _line(1, "公司 ／ 车间一/甲班", "装配工"),
        _line(2, "公司/车间一", "装配工"), _line(3, "公司", "经理"), _line(4, ""),
    ]  # fmt: skip
    seen = hand_over(boss, as_xlsx(lines))
    assert (seen["state"], seen["new_places"]) == ("ready", 5)
    found = boss.get(f"/api/v1/org/imports/{seen['import_id']}/findings?kind=new").json()["items"]
    assert [(each["cell"], each["cause"]) for each in found] == [
        ("D2", "新部门：公司/车间一/甲班"), ("E2", "新岗位：装配工"), ("D4", "新部门：公司/车间一"),
        ("D5", "新部门：公司"), ("E5", "新岗位：经理"),
    ]  # fmt: skip
    assert _units(boss) == {}
    delete(boss, f"/org/imports/{seen['import_id']}")
    _take_over(boss, parts, lines)
    assert _units(boss) == {"公司": (1, 4), "公司/车间一": (1, 3), "公司/车间一/甲班": (2, 2)}
    assert list(_units(boss, "?by_people=true&q=车间")) == ["公司/车间一", "公司/车间一/甲班"]
    _lines_agree(parts)
    again = hand_over(boss, as_xlsx(lines))
    assert (counts(again), again["new_places"]) == ({"lines": 5, "unchanged": 5}, 0)
    exported = boss.get("/api/v1/org/roster/export.xlsx").content
    delete(boss, f"/org/imports/{again['import_id']}")
    same = boss.post(
        "/api/v1/org/imports", params={"name": "x.xlsx"}, content=exported, headers=csrf(boss)
    ).json()
    assert counts(same) == {"lines": 5, "unchanged": 5}


def test_an_import_that_is_undone_puts_people_back(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, [_line(0, "一厂", "钳工"), _line(1, "一厂", "钳工")])
    done = _take_over(boss, parts, [_line(0, "二厂/三班", "焊工"), _line(2, "二厂", "")])
    assert post(boss, f"/org/imports/{done['import_id']}/undoing", {}).status_code == 204
    worker.drain(parts)
    assert _units(boss) == {"一厂": (2, 2), "二厂": (0, 0), "二厂/三班": (0, 0)}
    _lines_agree(parts)


def test_a_unit_moves_with_all_below_and_every_line(boss: TestClient, parts: Parts) -> None:
    _take_over(
        boss, parts, [_line(0, "公司/车间一/甲班"), _line(1, "公司/车间二"), _line(2, "总部")]
    )
    code = post(boss, "/org/join-codes", {"unit": "公司/车间一/甲班", "days": 7, "most_uses": 5})
    assert code.json()["unit"] == "公司/车间一/甲班"
    moved = put(boss, f"/org/units/{_id(boss, '公司/车间一')}", {"words": "总部/一车间"})
    assert moved.json()["words"] == "总部/一车间", moved.text
    assert _units(boss) == {
        "公司": (0, 1), "公司/车间二": (1, 1), "总部": (1, 2), "总部/一车间": (0, 1),
        "总部/一车间/甲班": (1, 1),
    }  # fmt: skip
    _lines_agree(parts)
    with parts.database.reading() as db:
        assert db.scalars(select(JoinCode.unit)).all() == ["总部/一车间/甲班"]
    found = boss.get("/api/v1/org/staff", params={"q": "一车间"}).json()["items"]
    assert [each["unit"] for each in found] == ["总部/一车间/甲班"]


def test_what_a_move_cannot_be_is_said(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, [_line(0, "公司/车间一"), _line(1, "总部")])
    way = f"/org/units/{_id(boss, '公司')}"
    for words, status, code in (
        ("总部", 409, "unit_there"), ("公司/车间一/公司", 422, "move"),
        ("没有的/公司", 422, "unit"), ("a/b/c/d/e/f/g", 422, None),
    ):  # fmt: skip
        answer = put(boss, way, {"words": words})
        assert answer.status_code == status, answer.text
        problem = answer.json()
        fields = [each["field"] for each in problem.get("errors", [])]
        assert fields in ([], ["/words"]), problem
        assert code in (None, problem["code"], *(e["code"] for e in problem.get("errors", [])))
    assert put(boss, way, {"words": " 公司 "}).status_code == 200
    _lines_agree(parts)


def test_two_units_become_one_with_what_is_alike_below(boss: TestClient, parts: Parts) -> None:
    _take_over(
        boss, parts,
        [
            _line(0, "一厂/甲班"), _line(1, "一厂/乙班/一组"), _line(2, "二厂/甲班"),
            _line(3, "一厂"),
        ],
    )  # fmt: skip
    into = post(boss, f"/org/units/{_id(boss, '一厂')}/merging", {"into": "二厂"})
    assert (into.json()["words"], into.json()["people_below"]) == ("二厂", 4), into.text
    assert _units(boss) == {
        "二厂": (1, 4), "二厂/乙班": (0, 1), "二厂/乙班/一组": (1, 1), "二厂/甲班": (2, 2),
    }  # fmt: skip
    assert set(_units(boss, "?is_ended=true")) == {"一厂", "一厂/甲班"}
    _lines_agree(parts)
    way = f"/org/units/{_id(boss, '二厂')}/merging"
    assert post(boss, way, {"into": "二厂/甲班"}).json()["code"] == "move"
    assert post(boss, way, {"into": "一厂"}).json()["code"] == "unit"


def test_nobody_is_left_in_a_unit_that_went_up_into_its_own(boss: TestClient, parts: Parts) -> None:
    """A unit of the same name below the one that ends comes into the upper one, too."""
    _take_over(
        boss, parts,
        [
            _line(0, "公司/一车间"), _line(1, "公司/一车间/一车间"),
            _line(2, "公司/一车间/一车间/一车间"), _line(3, "公司/一车间/一车间/甲班"),
        ],
    )  # fmt: skip
    into = post(boss, f"/org/units/{_id(boss, '公司/一车间')}/merging", {"into": "公司"})
    assert (into.json()["words"], into.json()["people_below"]) == ("公司", 4), into.text
    assert _units(boss) == {"公司": (3, 4), "公司/甲班": (1, 1)}
    _lines_agree(parts)


def test_only_an_empty_unit_ends_and_coming_in_opens_it(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, [_line(0, "一厂/甲班")])
    assert post(boss, "/org/units", {"words": "二厂/丙班"}).status_code == 201
    assert post(boss, "/org/units", {"words": "二厂"}).json()["code"] == "unit_there"
    refused = delete(boss, f"/org/units/{_id(boss, '一厂')}")
    assert (refused.status_code, refused.json()["code"]) == (409, "unit_people")
    assert delete(boss, f"/org/units/{_id(boss, '二厂')}").status_code == 204
    assert set(_units(boss)) == {"一厂", "一厂/甲班"}
    _take_over(boss, parts, [_line(1, "二厂/丙班")])
    assert _units(boss)["二厂"] == (0, 1)
    _lines_agree(parts)


def test_positions_are_renamed_merged_and_ended(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, [_line(0, "", "钳工"), _line(1, "", "焊工"), _line(2, "", "焊工")])
    listed = boss.get("/api/v1/org/positions?by_people=true").json()["items"]
    ids = {each["name"]: each["position_id"] for each in listed}
    assert [(each["name"], each["people"]) for each in listed] == [("焊工", 2), ("钳工", 1)]
    assert put(boss, f"/org/positions/{ids['钳工']}", {"name": "焊工"}).status_code == 409
    assert put(boss, f"/org/positions/{ids['钳工']}", {"name": "装配钳工"}).json()["people"] == 1
    assert delete(boss, f"/org/positions/{ids['焊工']}").json()["code"] == "position_people"
    merged = post(boss, f"/org/positions/{ids['焊工']}/merging", {"into": "装配钳工"})
    assert merged.json()["people"] == 3
    staff = boss.get("/api/v1/org/staff").json()["items"]
    assert {each["position"] for each in staff} == {"装配钳工"}
    assert post(boss, "/org/positions", {"name": "焊工"}).status_code == 201
    assert delete(boss, f"/org/positions/{ids['焊工']}").status_code == 204
    _lines_agree(parts)


def test_tags_go_to_one_person_or_to_a_whole_unit(boss: TestClient, parts: Parts) -> None:
    _take_over(
        boss,
        parts,
        [_line(0, "一厂/甲班", "钳工"), _line(1, "一厂", "焊工"), _line(2, "二厂", "钳工")],
    )
    tag = post(boss, "/org/tags", {"name": "动火作业"}).json()["tag_id"]
    assert post(boss, "/org/tags", {"name": " 动火作业 "}).json()["code"] == "tag_there"
    way = f"/org/tags/{tag}/people"
    assert post(boss, way, {"unit": "一厂"}).json() == {"tagged": 2}
    assert post(boss, way, {"unit": "", "position": "钳工"}).json() == {"tagged": 1}
    assert post(boss, way, {"unit": "", "position": ""}).json()["errors"][0]["field"] == "/unit"
    [listed] = boss.get("/api/v1/org/tags").json()["items"]
    assert listed["people"] == 3
    staff = boss.get("/api/v1/org/staff").json()["items"]
    one = staff[0]["staff_id"]
    assert put(boss, f"/org/staff/{one}/tags", {"tag_ids": []}).status_code == 204
    assert put(boss, f"/org/staff/{one}/tags", {"tag_ids": ["0" * 26]}).status_code == 404
    page = boss.get(f"/employer/tags/{tag}").text
    assert staff[0]["name"] not in page
    assert staff[1]["name"] in page
    assert delete(boss, f"/org/staff/{staff[1]['staff_id']}").status_code == 204
    assert boss.get("/api/v1/org/tags").json()["items"][0]["people"] == 1
    assert put(boss, f"/org/tags/{tag}", {"name": "特种作业"}).status_code == 204
    assert delete(boss, f"/org/tags/{tag}").status_code == 204
    with parts.database.reading() as db:
        assert db.scalars(select(StaffTag)).all() == []


def test_another_organisations_are_not_found(boss: TestClient, parts: Parts) -> None:
    post(boss, "/org/units", {"words": "一厂"})
    unit_id = _id(boss, "一厂")
    position_id = post(boss, "/org/positions", {"name": "钳工"}).json()["position_id"]
    tag_id = post(boss, "/org/tags", {"name": "班组长"}).json()["tag_id"]
    with TestClient(create_app(parts)) as client:
        rival = agent(client, parts, CAROL, uscc="91350100M000100Y43")
        for answer in (
            put(rival, f"/org/units/{unit_id}", {"words": "x"}),
            post(rival, f"/org/units/{unit_id}/merging", {"into": "x"}),
            delete(rival, f"/org/units/{unit_id}"),
            put(rival, f"/org/positions/{position_id}", {"name": "x"}),
            delete(rival, f"/org/positions/{position_id}"),
            put(rival, f"/org/tags/{tag_id}", {"name": "x"}), delete(rival, f"/org/tags/{tag_id}"),
            post(rival, f"/org/tags/{tag_id}/people", {"unit": "", "position": ""}),
            *(
                rival.get(f"/employer/{each}")
                for each in (f"units/{unit_id}", f"positions/{position_id}", f"tags/{tag_id}")
            ),
        ):  # fmt: skip
            assert answer.status_code == 404, answer.text
        assert _units(rival) == {}


def test_a_roster_shows_tags_on_the_page_and_in_its_table(boss: TestClient, parts: Parts) -> None:
    _take_over(boss, parts, [_line(0, "一厂", "钳工"), _line(1, "一厂", "钳工")])
    staff = boss.get("/api/v1/org/staff").json()["items"]
    tags = [post(boss, "/org/tags", {"name": each}).json()["tag_id"] for each in ("外包", "班组长")]
    put(boss, f"/org/staff/{staff[0]['staff_id']}/tags", {"tag_ids": tags})
    listed = {
        each["name"]: set(each["tags"]) for each in boss.get("/api/v1/org/staff").json()["items"]
    }
    assert listed == {staff[0]["name"]: {"外包", "班组长"}, staff[1]["name"]: set()}
    page = boss.get("/employer/staff").text
    assert '<td data-label="标签">' in page
    exported = boss.get("/api/v1/org/roster/export.xlsx").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(exported)).get_sheet_by_index(0)
    heading, *lines = sheet.to_python()
    assert heading[-1] == "标签"
    assert {line[0]: set(str(line[-1]).split("、")) - {""} for line in lines} == listed
    same = boss.post(
        "/api/v1/org/imports", params={"name": "x.xlsx"}, content=exported, headers=csrf(boss)
    ).json()
    assert counts(same) == {"lines": 2, "unchanged": 2}
