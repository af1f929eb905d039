"""Lines of a table or of pasted text."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.batch import (
    NAME_HEADINGS,
    NUMBER_HEADINGS,
    TITLES,
    Line,
    NoColumnsError,
    lines_of_table,
    lines_of_text,
)
from app.certs.rules.verdicts import Verdict


@pytest.mark.parametrize(
    "text",
    ["ZZ51,李晓梅", "ZZ51，李晓梅", " ZZ51\t李晓梅 ", "ZZ51 李晓梅", '"ZZ51","李晓梅"',
     "ZZ51；李晓梅", "证书编号,姓名\nZZ51,李晓梅", "\n\nZZ51,李晓梅\n"],
)  # fmt: skip
def test_pasted_lines_are_read(text: str) -> None:
    (line,) = lines_of_text(text)
    assert (line.number, line.name) == ("ZZ51", "李晓梅")


def test_a_name_may_have_blanks_and_dots() -> None:
    assert lines_of_text("ZZ51 Anna Maria Lee")[0].name == "Anna Maria Lee"
    assert lines_of_text("ZZ51,阿依·古丽")[0].name == "阿依·古丽"


def test_headings_say_where_things_stand() -> None:
    rows = [
        ["序号", "姓名", "证书编号"],
        ["1", "李晓梅", "ZZ51"],
        ["", "", ""],
        ["2", "王五", "ZZ52"],
    ]
    assert lines_of_table(rows) == [Line(2, "ZZ51", "李晓梅"), Line(4, "ZZ52", "王五")]


@pytest.mark.parametrize("name", NAME_HEADINGS)
@pytest.mark.parametrize("number", NUMBER_HEADINGS)
@pytest.mark.parametrize("sign", ["{}", " {}：", "*{}"])
def test_columns_are_found_by_their_usual_names(number: str, name: str, sign: str) -> None:
    rows = [
        ["岷江电子 2026 年持证人员"], ["填表人：李主任", "2026-11-28"],
        ["序号", sign.format(name), sign.format(number)], ["1", "李晓梅", "ZZ51"],
    ]  # fmt: skip
    assert lines_of_table(rows) == [Line(4, "ZZ51", "李晓梅")]


def test_no_line_above_something_like_a_heading_is_lost() -> None:
    rows = [["ZZ51", "李晓梅"], ["证书编号", "姓名"], ["ZZ52", "王五"]]
    assert [each.number for each in lines_of_table(rows)] == ["ZZ51", "证书编号", "ZZ52"]


def test_a_table_without_the_two_columns_is_refused_once() -> None:
    rows = [["序号", "部门", "姓名"], ["1", "生产部", "李晓梅"], ["2", "生产部", "王五"]]
    with pytest.raises(NoColumnsError) as refused:
        lines_of_table(rows)
    assert refused.value.read == ("序号", "部门", "姓名")


@pytest.mark.parametrize(
    ("line", "word"),
    [(Line(3, "", "李"), "第 3 行没有填证书编号"), (Line(3, "ZZ", ""), "第 3 行没有填持证人姓名"),
     (Line(3, "Z" * 61, "李"), "太长"), (Line(3, "ZZ", "李" * 121), "太长")],
)  # fmt: skip
def test_a_line_that_lacks_something_names_its_row(line: Line, word: str) -> None:
    assert word in (line.fault(()) or "")
    assert Line(3, "ZZ51", "李").fault(()) is None


def test_every_verdict_has_a_title() -> None:
    assert set(Verdict) <= set(TITLES)


@given(st.text(max_size=300))
def test_any_text_is_read_as_lines_or_none(text: str) -> None:
    lines: list[Line] = []
    with suppress(NoColumnsError):
        lines = lines_of_text(text)
    for line in lines:
        assert line.row >= 1
        assert line.number or line.name or line.fault(())


def test_a_long_run_of_blanks_costs_no_more_than_its_length() -> None:
    began = time.thread_time()
    lines_of_text("ZZ51" + " " * 200_000 + "x")
    assert time.thread_time() - began < 2
