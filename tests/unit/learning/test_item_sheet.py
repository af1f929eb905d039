"""Questions as a table: written and read back they are the same; what is wrong is said by cell."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.exam_items import ItemContent, RubricLine, flaws_of, tidied
from app.learning.rules.exams import ItemKind
from app.learning.rules.fill_in import Blank
from app.learning.rules.item_sheet import COLUMNS, EXAMPLES, CellFlaw, read_sheet, row_of
from tests.questions import contents


def _cells(item: ItemContent) -> list[str]:
    return [str(cell) for cell in row_of(item)]


@given(st.lists(contents(), max_size=6, unique_by=lambda item: item.code), st.randoms())
def test_what_is_written_is_read_back(items, chance) -> None:
    order = list(range(len(COLUMNS)))
    chance.shuffle(order)
    table = [[COLUMNS[place] for place in order]]
    table += [[_cells(item)[place] for place in order] for item in items]
    sheet = read_sheet(table)
    assert sheet.flaws == ()
    assert [each.item for each in sheet.rows] == items
    assert [each.row for each in sheet.rows] == list(range(2, len(items) + 2))


def test_the_template_is_sound() -> None:
    sheet = read_sheet([list(COLUMNS), *map(_cells, EXAMPLES)])
    assert sheet.flaws == ()
    assert tuple(each.item for each in sheet.rows) == EXAMPLES
    assert {item.kind for item in EXAMPLES} == set(ItemKind)
    assert all(tidied(item) == item and not flaws_of(item) for item in EXAMPLES)


SINGLE = EXAMPLES[0]


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("题型", "选择", "不认识题型"), ("题型", "", "缺题型"), ("难度", "6", "难度“6”不对"),
        ("难度", "二", "难度“二”不对"), ("题干", "", "缺题干"), ("解析", "", "缺解析"),
        ("答案", "", "没有答案"), ("答案", "E", "不是选项里的字母"), ("答案", "AB", "有 2 个答案"),
        ("选项A", "", "有选项是空的"), ("选项B", "禁止", "两个选项一样"),
        ("题号", "长" * 41, "太长"), ("题干", "看\x07不见", "看不见的字符"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_row_and_remedy(column: str, cell: str, says: str) -> None:
    cells = dict(zip(COLUMNS, _cells(SINGLE), strict=True)) | {column: cell}
    sheet = read_sheet([list(COLUMNS), _cells(EXAMPLES[2]), [""] * 3, list(cells.values())])
    assert len(sheet.rows) == 1
    [flaw] = sheet.flaws
    assert (flaw.row, flaw.column) == (4, column)
    assert says in flaw.cause
    assert flaw.fix


def test_a_wrong_kind_or_difficulty_hides_nothing_else_that_is_wrong() -> None:
    cells = dict(zip(COLUMNS, _cells(SINGLE), strict=True))
    cells |= {"题型": "选择", "难度": "9", "题干": "", "解析": "", "答案": ""}
    sheet = read_sheet([list(COLUMNS), list(cells.values())])
    assert sheet.rows == ()
    assert [flaw.column for flaw in sheet.flaws] == ["题型", "难度", "题干", "解析", "答案"]
    cells |= {"题型": "单选", "选项B": "", "选项D": "指令", "答案": "E"}
    sheet = read_sheet([list(COLUMNS), list(cells.values())])
    assert [flaw.column for flaw in sheet.flaws] == [
        "难度", "题干", "解析", "选项D", "选项B", "答案",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cell"), [("多选", "ＡＣＤ"), ("多选", "ａ，ｃ、ｄ"), ("判断", "Ｆ")]
)
def test_letters_of_an_input_method_for_chinese_are_letters(kind: str, cell: str) -> None:
    item = next(each for each in EXAMPLES if row_of(each)[1] == kind)
    cells = dict(zip(COLUMNS, _cells(item), strict=True)) | {"答案": cell, "难度": "２"}
    sheet = read_sheet([list(COLUMNS), list(cells.values())])
    assert sheet.flaws == ()
    assert (sheet.rows[0].item.letters, sheet.rows[0].item.difficulty) == (item.letters, 2)


@pytest.mark.parametrize(
    ("kind", "cell", "says"),
    [
        ("填空", "", "有 0 个空"), ("填空", "甲；乙；丙", "题干里有 2 个空"),
        ("填空", "1|±x；2", "不是数"), ("填空", "；".join(["1"] * 11), "有 11 个空"),
        ("简答", "切断电源", "没有写几分"), ("简答", "", "0 条评分要点"),
        ("简答", "切断电源（0分）", "不是 1 到 100 分"), ("多选", "A", "只有一个答案"),
        ("判断", "对错", "不是选项里的字母"),
    ],
)  # fmt: skip
def test_each_kinds_answer_has_its_own_faults(kind: str, cell: str, says: str) -> None:
    item = next(each for each in EXAMPLES if row_of(each)[1] == kind)
    cells = dict(zip(COLUMNS, _cells(item), strict=True)) | {"答案": cell}
    sheet = read_sheet([list(COLUMNS), list(cells.values())])
    assert [(flaw.row, flaw.column) for flaw in sheet.flaws] == [(2, "答案")]
    assert says in sheet.flaws[0].cause


@pytest.mark.parametrize(
    ("cell", "letters"), [("对", "A"), ("错", "B"), ("√", "A"), ("×", "B"), ("a", "A")]
)
def test_true_and_false_as_people_write_them(cell: str, letters: str) -> None:
    cells = dict(zip(COLUMNS, _cells(EXAMPLES[2]), strict=True)) | {"答案": cell}
    [row] = read_sheet([list(COLUMNS), list(cells.values())]).rows
    assert row.item.letters == tuple(letters)
    turned = cells | {"选项A": "错误", "选项B": "正确"}
    if cell != "a":
        [row] = read_sheet([list(COLUMNS), list(turned.values())]).rows
        assert row.item.letters != tuple(letters)


def test_answers_may_be_written_with_other_marks() -> None:
    multiple = dict(zip(COLUMNS, _cells(EXAMPLES[1]), strict=True)) | {"答案": "d、 a,C"}
    filled = dict(zip(COLUMNS, _cells(EXAMPLES[3]), strict=True)) | {"答案": "12 | +-0.5\n断电"}
    table = [list(COLUMNS), list(multiple.values()), list(filled.values())]
    first, second = read_sheet(table).rows
    assert first.item.letters == ("A", "C", "D")
    assert second.item.blanks == (Blank(("12",), "0.5"), Blank(("断电",)))


def test_a_code_twice_and_a_column_that_is_not_there_are_told() -> None:
    again = replace(SINGLE, stem="另一题？")
    sheet = read_sheet([list(COLUMNS), _cells(SINGLE), _cells(again)])
    assert [(flaw.row, flaw.column) for flaw in sheet.flaws] == [(3, "题号")]
    bare = [name for name in COLUMNS if name != "答案"]
    assert [flaw.column for flaw in read_sheet([bare]).flaws] == ["答案"]
    assert read_sheet([]).flaws


def test_codes_may_be_left_out() -> None:
    cells = dict(zip(COLUMNS, _cells(SINGLE), strict=True)) | {"题号": ""}
    sheet = read_sheet([list(COLUMNS), list(cells.values()), list(cells.values())])
    assert sheet.flaws == ()
    assert [each.item.code for each in sheet.rows] == ["", ""]


def test_more_rows_than_are_taken_are_refused_as_a_whole() -> None:
    table = [list(COLUMNS), *[_cells(replace(SINGLE, code="")) for _ in range(5001)]]
    sheet = read_sheet(table)
    assert sheet.rows == ()
    assert isinstance(sheet.flaws[0], CellFlaw)
    assert "5000" in sheet.flaws[0].cause


@given(contents())
def test_tidying_twice_changes_nothing_more(item) -> None:
    assert tidied(item) == item


def test_a_question_with_many_faults_names_them_all() -> None:
    item = ItemContent(
        code="", kind=ItemKind.SHORT, stem="", explanation="", difficulty=9,
        rubric=(RubricLine("", 101),),
    )  # fmt: skip
    assert [flaw.field for flaw in flaws_of(item)] == [
        "code", "stem", "explanation", "difficulty", "answer", "answer",
    ]  # fmt: skip
