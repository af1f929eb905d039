"""Lines of a table or of pasted text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.rules.batch import TITLES, Line, lines_of_table, lines_of_text
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


@pytest.mark.parametrize(
    ("line", "word"),
    [(Line(3, "", "李"), "第 3 行没有填证书编号"), (Line(3, "ZZ", ""), "第 3 行没有填持证人姓名"),
     (Line(3, "Z" * 61, "李"), "太长"), (Line(3, "ZZ", "李" * 121), "太长")],
)  # fmt: skip
def test_a_line_that_lacks_something_names_its_row(line: Line, word: str) -> None:
    assert word in (line.fault or "")
    assert Line(3, "ZZ51", "李").fault is None


def test_every_verdict_has_a_title() -> None:
    assert set(Verdict) <= set(TITLES)


@given(st.text(max_size=300))
def test_any_text_is_read_as_lines_or_none(text: str) -> None:
    for line in lines_of_text(text):
        assert line.row >= 1
        assert line.number or line.name or line.fault


def test_a_long_run_of_blanks_costs_no_more_than_its_length() -> None:
    began = time.thread_time()
    lines_of_text("ZZ51" + " " * 200_000 + "x")
    assert time.thread_time() - began < 2
