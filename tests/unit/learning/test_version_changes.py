"""The differences between two versions, as a reviewer reads them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.version_changes import (
    CHANGE_NAMES,
    Change,
    Changed,
    Face,
    card_changes,
    lesson_changes,
)

ONE = Face("断电", "第一章", "document", 60_000, "text/1", "safety", 2, "")
TWO = Face("验电", "第一章", "video", 90_000, "film/2", "", 0, "")


@given(st.permutations([ONE, TWO]))
def test_the_same_is_no_change_whatever_the_order(faces: list[Face]) -> None:
    assert lesson_changes([ONE, TWO], faces) == ()


def test_lessons_come_go_and_change() -> None:
    new = replace(ONE, title="先断电", captions="WEBVTT")
    other = replace(TWO, title="挂牌", medium="film/3")
    assert lesson_changes([ONE, TWO], [new, other]) == (
        Changed(Change.CHANGED, "先断电", "名称、字幕"),
        Changed(Change.ADDED, "挂牌", "第一章"),
        Changed(Change.REMOVED, "验电", "第一章"),
    )


def test_another_film_under_the_same_title_is_a_change_of_it() -> None:
    new = replace(TWO, medium="film/9", length_ms=80_000)
    assert lesson_changes([TWO], [new]) == (Changed(Change.CHANGED, "验电", "时长、内容"),)


def test_fields_of_the_card_say_what_they_were() -> None:
    found = card_changes(
        {"title": "甲", "tags": ["ai"], "level": None}, {"title": "乙", "tags": [], "level": 5},
        {"title": "名称", "tags": "新技术", "level": "等级"},
    )  # fmt: skip
    assert [each.says for each in found] == ["甲 → 乙", "ai → 无", "无 → 5"]
    assert set(CHANGE_NAMES) == set(Change)
