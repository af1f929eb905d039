"""A lesson's text form: whatever can be written down as pages reads back as the same pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.lesson_texts import TextFlawError, read_pages, write_pages
from app.learning.rules.teaching import Page, page_html

_WORD = st.text("断电上锁挂牌验abc12，。<&>", min_size=1, max_size=20).filter(
    lambda text: not text[0].isspace()
)
_BLOCK = st.one_of(_WORD, st.lists(_WORD, min_size=1, max_size=4).map(tuple))
_PAGES = st.lists(
    st.builds(Page, _WORD, st.lists(_BLOCK, min_size=1, max_size=4).map(tuple)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(_PAGES)
def test_what_is_written_reads_back(pages: list[Page]) -> None:
    assert read_pages(write_pages(tuple(pages))) == tuple(pages)


@given(st.text(max_size=300))
def test_any_text_is_pages_or_a_flaw_with_a_line(text: str) -> None:
    flaw, pages = None, ()
    try:
        pages = read_pages(text)
    except TextFlawError as found:
        flaw = found
    assert (flaw is None) is bool(pages)
    assert all(page.blocks for page in pages)
    if flaw is not None:
        assert 1 <= flaw.line <= text.replace("\r\n", "\n").count("\n") + 1
        assert flaw.sentence
        assert flaw.remedy


@pytest.mark.parametrize("mark", ["-", "–", "•", "·", "*"])
def test_points_are_taken_as_people_write_them(mark: str) -> None:
    [page] = read_pages(f"## 断电\n先看\n再做\n{mark} 一\n{mark} 二\n\n完")
    assert page.blocks == ("先看再做", ("一", "二"), "完")


def test_lines_of_letters_are_joined_with_a_space_and_markup_is_text() -> None:
    [page] = read_pages("## 头\nturn it\noff 先断电\n<script>alert(1)</script>")
    assert page.blocks == ("turn it off 先断电<script>alert(1)</script>",)
    assert "<script>" not in page_html(page)
