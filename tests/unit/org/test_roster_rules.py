"""A roster as a table: its heading, each line judged, and what is said of a cell."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.id_number import check_letter
from app.org.rules.roster_changes import Changes, Standing, changes_of, is_other_name
from app.org.rules.rosters import (
    Column,
    Fault,
    Layout,
    Line,
    MissingColumnError,
    Reader,
    heading,
    layout_of,
    letters,
)

TODAY = dt.date(2026, 11, 24)
ALL = Layout(1, {column: place for place, column in enumerate(Column)})
GOOD = ("李晓梅", "510101198803070028", "", "一车间", "装配工")


def _read(*cells: str | float, layout: Layout = ALL) -> Line | tuple[Fault, ...] | None:
    return Reader(layout, today=TODAY).read(7, cells)


def _faults(*cells: str | float) -> list[tuple[str, str]]:
    found = _read(*cells)
    assert isinstance(found, tuple), found
    assert all(fault.remedy for fault in found)
    return [(fault.cell, fault.cause) for fault in found]


def test_headings_are_found_however_a_clerk_writes_them() -> None:
    assert heading(["序号", "姓 名", "身份证号码*", "部门（车间）", "工种"]) == {
        Column.NAME: 1, Column.NUMBER: 2, Column.UNIT: 3, Column.POSITION: 4,
    }  # fmt: skip
    rows = [["2026 年员工名单"], [], ["姓名", "证件号"], ["李晓梅", "1"]]
    assert layout_of(rows) == Layout(3, {Column.NAME: 0, Column.NUMBER: 1})


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(MissingColumnError) as missing:
        layout_of([["姓名", "手机"], ["李晓梅", "138"]])
    assert missing.value.missing == ("证件号码",)
    with pytest.raises(MissingColumnError):
        layout_of([])


@pytest.mark.parametrize(
    ("place", "name"), [(0, "A"), (2, "C"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_have_the_letters_of_a_spreadsheet(place: int, name: str) -> None:
    assert letters(place) == name


def test_a_good_line_is_brought_to_one_spelling() -> None:
    assert _read(*GOOD) == Line(7, GOOD[0], GOOD[1], "一车间", "装配工")
    typed = (" 李 晓 梅 ", "510101 19880307 0028", "居民身份证", " 一车间 ", "")
    assert _read(*typed) == Line(7, GOOD[0], GOOD[1], "一车间", None)
    assert _read("", "", "", "", "") is None


@pytest.mark.parametrize(
    ("cells", "cell", "says"),
    [
        (("", GOOD[1], "", "", ""), "A7", "没有姓名"),
        (("李8", GOOD[1], "", "", ""), "A7", "符号或数字"),
        (("李晓梅", "", "", "", ""), "B7", "没有证件号码"),
        (("李晓梅", "510101198803070029", "", "", ""), "B7", "最后一位"),
        (("李晓梅", 5.10101198803070e17, "", "", ""), "B7", "变成 0"),
        (("李晓梅", GOOD[1], "驾驶证", "", ""), "C7", "没有这种证件类型"),
        (("李晓梅", GOOD[1], "港澳台居民居住证", "", ""), "B7", "居住证"),
        (("李晓梅", GOOD[1], "", "部" * 61, ""), "D7", "超过 60"),
        (("李晓梅", GOOD[1], "", "", "a\x01b"), "E7", "看不见"),
    ],
)
def test_what_is_wrong_names_its_cell(cells: tuple, cell: str, says: str) -> None:
    [(at, cause)] = _faults(*cells)
    assert at == cell
    assert says in cause


def test_a_line_tells_everything_that_is_wrong_with_it_at_once() -> None:
    assert [cell for cell, _ in _faults("", "1", "", "x" * 61, "")] == ["A7", "B7", "D7"]


def test_one_person_stands_once_and_the_first_row_is_named() -> None:
    reader = Reader(ALL, today=TODAY)
    assert isinstance(reader.read(2, GOOD), Line)
    twice = reader.read(9, GOOD)
    assert isinstance(twice, tuple)
    assert "第 2 行" in twice[0].cause


def test_other_documents_are_known_by_their_number() -> None:
    body = "81000019880307002"
    permit = body + check_letter(body)
    assert isinstance(_read("陈大文", permit, "", "", ""), Line)
    assert isinstance(_read("陈大文", permit, "港澳台居民居住证", "", ""), Line)


@given(st.lists(st.text(max_size=30) | st.floats(allow_nan=False), max_size=7))
def test_whatever_stands_in_cells_is_judged_and_never_said(cells: list) -> None:
    found = _read(*cells)
    if isinstance(found, tuple):
        told = "".join(fault.cause + fault.remedy for fault in found)
        long = [cell for cell in cells if isinstance(cell, str) and len(cell.strip()) > 12]
        assert not any(cell in told for cell in long)


@given(st.text(max_size=5) | st.none(), st.text(max_size=5) | st.none())
def test_an_empty_cell_leaves_what_is_there(unit: str | None, position: str | None) -> None:
    line = Line(2, "李晓梅", GOOD[1], unit or None, position or None)
    now = Standing("1", "李晓梅", "一车间", "装配工", is_on_roster=True)
    changes = changes_of(line, now)
    assert changes.unit == (unit if unit and unit != "一车间" else None)
    assert changes.position == (position if position and position != "装配工" else None)
    assert bool(changes) is (changes != Changes(None, None))
    assert not is_other_name(line, now)
