"""Teaching material: times that fit, text that stays text, names that hold."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import teaching
from app.learning.rules.teaching import DocumentLesson, Page, ScriptError, Slide, VideoLesson

SLIDES = (
    Slide("一", ("甲",), "第一句。第二句！"),
    Slide("二", ("乙", "丙"), "第三句，很长；第四句"),
)


def test_sentences_are_cut_at_full_stops_and_nothing_is_lost() -> None:
    said = [text for slide in SLIDES for text in teaching.sentences(slide.narration)]
    assert said == ["第一句。", "第二句！", "第三句，很长；", "第四句"]


@given(st.lists(st.integers(500, 9000), min_size=4, max_size=4), st.integers(150, 1500))
def test_sentences_follow_each_other_and_fill_the_length(spoken: list[int], pause: int) -> None:
    length_ms = -(-(sum(spoken) + 4 * pause) // 1000) * 1000
    lesson = VideoLesson("课", length_ms, SLIDES)
    if (length_ms - sum(spoken)) / 4 > teaching.MOST_PAUSE_MS:
        return
    lines = teaching.timetable(lesson, spoken)
    assert [line.slide for line in lines] == [0, 0, 1, 1]
    assert (lines[0].start_ms, lines[-1].end_ms) == (0, length_ms)
    for line, after in pairwise(lines):
        assert line.end_ms == after.start_ms
    for line, length in zip(lines, spoken, strict=True):
        assert line.end_ms - line.start_ms > length
        assert line.start_ms % teaching.FRAME_MS == 0


@pytest.mark.parametrize("length_ms", [4_000, 60_000])
def test_a_length_that_does_not_fit_says_what_would(length_ms: int) -> None:
    with pytest.raises(ScriptError, match="between 4600 and 10000"):
        teaching.timetable(VideoLesson("课", length_ms, SLIDES), [1000] * 4)


def test_what_is_written_is_text_and_never_markup() -> None:
    page = Page("<h1>", ("a < b & c", ("<script>alert(1)</script>",)))
    html = teaching.page_html(page)
    assert "<script>" not in html
    assert html == (
        "<h2>&lt;h1&gt;</h2>\n<p>a &lt; b &amp; c</p>\n"
        "<ul><li>&lt;script&gt;alert(1)&lt;/script&gt;</li></ul>\n"
    )


@pytest.mark.parametrize(
    ("characters", "seconds"), [(1, 5), (25, 5), (26, 10), (250, 50), (251, 55)]
)
def test_reading_takes_its_time_in_steps(characters: int, seconds: int) -> None:
    assert teaching.reading_ms(Page("题", ("字" * characters,))) == seconds * 1000


def test_how_a_film_is_sent_changes_no_name_and_goes_with_the_job() -> None:
    lesson = VideoLesson("课", 10_000, SLIDES, hls=True)
    plain = VideoLesson("课", 10_000, SLIDES)
    assert teaching.fingerprint(lesson) == teaching.fingerprint(plain)
    assert teaching.from_mapping(teaching.to_mapping(lesson)) == lesson
    written_before = teaching.to_mapping(plain)
    del written_before["hls"]
    assert teaching.from_mapping(written_before) == plain


def test_a_fingerprint_changes_with_every_word() -> None:
    lesson = VideoLesson("课", 10_000, SLIDES)
    others = [
        VideoLesson("课。", 10_000, SLIDES),
        VideoLesson("课", 11_000, SLIDES),
        VideoLesson("课", 10_000, SLIDES[:1]),
        DocumentLesson("课", (Page("一", ("甲",)),)),
        DocumentLesson("课", (Page("一", (("甲",),)),)),
    ]
    names = [teaching.fingerprint(each) for each in [lesson, *others]]
    assert len(set(names)) == len(names)
    assert teaching.fingerprint(VideoLesson("课", 10_000, SLIDES)) == names[0]


def test_a_lesson_survives_the_outbox() -> None:
    lesson = VideoLesson("课", 10_000, SLIDES)
    assert teaching.from_mapping(teaching.to_mapping(lesson)) == lesson
