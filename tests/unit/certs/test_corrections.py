"""When a later title is the same title put right, and when it is another."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.certs.rules.corrections import is_correction

FONTS = (frozenset(map(ord, "车间用电安全水质检测工作业H2O ABC（）TM")),)
_STRETCH = st.text("车间用电安全水质检测", min_size=3, max_size=20)
_PLAIN = {"₂": ["2"], "™": ["TM"], "😀": [], "\u202e": [], "\ue863": ["电"], "\u9fa5": ["用"]}
"""What may stand for one that cannot be printed, beside nothing."""
_LOST = st.text("₂₃😀\u202e\ue863", min_size=1, max_size=2)


@pytest.mark.parametrize(
    ("said", "corrected", "is_right"),
    [
        ("H₂O 检测", "H2O 检测", True),
        ("安全用电😀", "安全用电", True),
        ("安全 😀 用电", "安全用电", True),
        ("水质检测™", "水质检测TM", True),
        ("安全\u202e用电", "安全用电", True),
        ("H₂O 检测", "水质检测", False),
        ("H₂O 检测", "H₂O 检测", False),
        ("H₂O 检测", "H2O 检测安全", False),
        ("电工作业😀", "电工作业（A）", False),
        ("安全用电😀", "安全用电检", False),
        ("安全用电\ue863", "安全用电检", True),
        ("安全用电\ue863", "安全用电检测", False),
        ("安全用电", "安全用电", False),
        ("安全用电", "用电安全", False),
        ("😀😀", "安全", False),
        ("安全😀用电", "安全检测水质车间用电", False),
    ],
)
def test_only_what_cannot_be_printed_is_put_right(
    said: str, corrected: str, *, is_right: bool
) -> None:
    assert is_correction(said, corrected, FONTS) is is_right


@given(
    _STRETCH, st.lists(st.sampled_from(sorted(_PLAIN)), min_size=1, max_size=2), _STRETCH, st.data()
)
def test_its_place_stays_empty_or_takes_what_is_the_same(
    first: str, lost: list[str], last: str, data: st.DataObject
) -> None:
    instead = "".join(data.draw(st.sampled_from(["", *_PLAIN[each]])) for each in lost)
    assert is_correction(first + "".join(lost) + last, first + instead + last, FONTS)


@given(_STRETCH, _LOST, _STRETCH, st.text("ABC（）电安", min_size=1, max_size=8))
def test_no_word_is_put_in_its_place(first: str, lost: str, last: str, word: str) -> None:
    assume(not all(unicodedata.category(each) == "Lo" for each in word))
    assert not is_correction(first + lost + last, first + word + last, FONTS)


@given(_STRETCH, _LOST, _STRETCH, st.integers(0, 2))
def test_a_word_that_was_printable_stays(first: str, lost: str, last: str, place: int) -> None:
    changed = first[:place] + "A" + first[place + 1 :]
    assert not is_correction(first + lost + last, changed + last, FONTS)
