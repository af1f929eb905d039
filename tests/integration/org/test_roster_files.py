"""Tables as clerks have them: other names of columns, hidden sheets, merged cells, broken bytes."""

import io

import pytest
import xlsxwriter
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from app.org.providers.roster_files import table_of
from app.org.rules.rosters import Column, layout_of, remarks
from tests.employers import agent, delete
from tests.people import MALLORY
from tests.rosters import HEAD, as_csv, counts, hand_over, line_of, name_of, number_of


def _book() -> bytes:
    """A hidden sheet first, a merged 部门, a column that nobody asked for, and one more sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        old = book.add_worksheet("去年")
        old.write_row(0, 0, HEAD)
        old.write_row(1, 0, line_of(9))
        sheet = book.add_worksheet("今年")
        sheet.write_row(0, 0, ["姓名", "证件号码", "所属部门", "岗位名称", "手机"])
        for place in range(3):
            sheet.write_row(place + 1, 0, [name_of(place), number_of(place), "", "焊工", "138"])
        sheet.merge_range(1, 2, 2, 2, "一车间")
        book.add_worksheet("说明")
        sheet.set_first_sheet()
        sheet.activate()
        old.hide()
    return target.getvalue()


def test_what_is_seen_is_read_and_what_is_not_read_is_named(
    client: TestClient, parts: Parts
) -> None:
    boss = agent(client, parts, MALLORY)
    seen = hand_over(boss, _book())
    assert counts(seen) == {"lines": 3, "fresh": 3}
    assert seen["remarks"] == "没有读的列：手机。没有读的工作表：去年、说明。"
    assert seen["remarks"] in boss.get(f"/employer/imports/{seen['import_id']}").text
    listed = boss.get(f"/api/v1/org/imports/{seen['import_id']}/findings?kind=new").json()
    assert [each["cause"] for each in listed["items"]] == ["新部门：一车间", "新岗位：焊工"]
    delete(boss, f"/org/imports/{seen['import_id']}")


def test_merged_cells_mean_all_of_their_rows_and_no_other() -> None:
    table = table_of(_book())
    assert [(each.first, each.last, each.place) for each in table.merged] == [(2, 3, 2)]


@pytest.mark.parametrize("number", ["5.10101E+17", "510101198803070000"])
def test_a_number_that_excel_has_rounded_is_told_as_that(
    client: TestClient, parts: Parts, number: str
) -> None:
    boss = agent(client, parts, MALLORY)
    seen = hand_over(boss, as_csv([(name_of(0), number, "", "", "")]), "名单.csv")
    found = boss.get(f"/api/v1/org/imports/{seen['import_id']}/findings").json()["items"]
    assert [(each["cell"], "Excel" in each["cause"]) for each in found] == [("B2", True)]


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_a_title_ahead_does_not_hide_what_parts_the_cells(separator: str) -> None:
    lines = ["二〇二六年名单，全体；共 2 人", "", separator.join(HEAD), separator.join(line_of(0))]
    rows = [cells for _, cells in table_of("\n".join(lines).encode()).rows]
    assert layout_of(rows).places[Column.NUMBER] == 1


def test_one_broken_byte_spoils_its_own_cell_alone(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    content = as_csv([line_of(place) for place in range(8)])
    at = content.index(name_of(3).encode()) + 1
    seen = hand_over(boss, content[:at] + b"\xff" + content[at + 1 :], "名单.csv")
    assert counts(seen)["faulty"] == 1, seen
    assert counts(seen)["fresh"] == 7


def test_a_long_list_of_what_is_not_read_is_cut() -> None:
    told = remarks([f"列{place}" for place in range(30)], [])
    assert "等 30 列" in told
    assert "列20" not in told
