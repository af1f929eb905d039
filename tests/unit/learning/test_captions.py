"""Captions: sentences with moments in, the same out, and nothing else of a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.captions import CaptionsFlawError, Cue, read_captions, write_captions

LENGTH_MS = 3_600_000


@st.composite
def _cues(draw: st.DrawFn) -> tuple[Cue, ...]:
    starts = sorted(draw(st.lists(st.integers(0, LENGTH_MS - 2), min_size=1, max_size=8)))
    texts = st.text("先断电再验 <>&abc-", min_size=1, max_size=30).map(
        lambda text: " ".join(text.split())
    )
    return tuple(
        Cue(start, draw(st.integers(start + 1, LENGTH_MS)), draw(texts.filter(_is_plain)))
        for start in starts
    )


def _is_plain(text: str) -> bool:
    """Not what WebVTT itself would read: a timing, a tag, an entity."""
    return bool(text) and "-->" not in text and not ("<" in text and ">" in text)


@given(_cues())
def test_what_is_written_reads_back(cues: tuple[Cue, ...]) -> None:
    assert read_captions(write_captions(cues), LENGTH_MS) == cues


@given(st.text(max_size=200).map(lambda text: f"WEBVTT\n\n{text}"))
def test_any_text_is_captions_or_a_flaw_with_a_line(text: str) -> None:
    flaw, cues = None, ()
    try:
        cues = read_captions(text, LENGTH_MS)
    except CaptionsFlawError as found:
        flaw = found
    assert (flaw is None) is bool(cues)
    assert flaw is None or (flaw.line >= 1 and flaw.remedy)
    assert all(cue.start_ms < cue.end_ms <= LENGTH_MS for cue in cues)


def test_styles_notes_tags_and_places_are_left_behind() -> None:
    text = (
        "\ufeffWEBVTT - 字幕\r\n\r\nSTYLE\r\n::cue { background: url(//x) }\r\n\r\n"
        "NOTE 备注\r\n\r\n一\r\n00:01.000 --> 00:02.500 line:0 position:20%\r\n"
        "<v 老师>先<b>断电</b>\r\n再上锁 &amp; 挂牌\r\n"
    )
    assert read_captions(text, LENGTH_MS) == (Cue(1000, 2500, "先断电 再上锁 & 挂牌"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1\n00:01,000 --> 00:02,000\nsrt", 1),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\n倒了", 3),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\n一\n\n00:01.000 --> 00:02.000\n早了", 6),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", 3),
        ("WEBVTT\n\n99:01.000 --> 99:02.000\n太晚", 3),
        ("WEBVTT\n\n第一句\n没有时间", 3),
    ],
)
def test_a_flaw_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(CaptionsFlawError) as found:
        read_captions(text, 1_800_000)
    assert found.value.line == line


def test_the_last_sentence_ends_with_the_film() -> None:
    [cue] = read_captions("WEBVTT\n\n00:01.000 --> 00:09.000\n字", 5000)
    assert cue.end_ms == 5000
