"""The matrix on paper: a letter that the fonts lack is a geta, and keeps nobody from the paper."""

import pypdfium2
import pytest

from app.org.providers.typesetting import typeset_matrix


def _text(*names: str) -> str:
    content = {
        "employer": "成都岷江", "operator": "实学", "made_on": "2026-11-28", "made_at": "09:00",
        "filters": [], "titles": ["安全生产入门"],
        "lines": [
            {
                "name": name, "unit": "一车间", "position": "焊工", "says": "已完成",
                "light": "green", "done": "1/1", "cells": [["green", "已完成"]],
            }
            for name in names
        ],
    }  # fmt: skip
    document = pypdfium2.PdfDocument(typeset_matrix(content))
    return "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("བསོད་ནམས", "〓"), ("ئابلىز·مەمەت", "〓"), ("ꆈꌠ", "〓〓"), ("李𠀀", "李〓"),
        ("张e\u0301", "张"), ("王\u0f84", "〓"), ("赵😀", "赵〓"), ("钱\ue000", "钱〓"),
    ],
)  # fmt: skip
def test_one_name_keeps_nobody_from_the_paper(name: str, drawn: str) -> None:
    text = _text("李晓梅", name)
    assert "李晓梅" in text
    assert drawn in text
    if "〓" in drawn:
        assert "原字见 Excel" in text


def test_nothing_is_said_where_all_is_drawn() -> None:
    assert "〓" not in _text("李晓梅", "阿依古丽·买买提")
