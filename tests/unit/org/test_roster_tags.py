"""The tags of a cell: found whatever stands between them, and whatever stands in their names."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.org.rules.roster_tags import UnknownTagError, named_in

_words = st.text("夜班长焊工ABC", min_size=1, max_size=5)
_between = st.sampled_from(["、", "，", ",", ";", "；", "/", " 、 ", "|", "、、"])


@given(st.lists(_words, min_size=1, max_size=6, unique=True), st.data())
def test_what_is_written_down_is_found_in_its_order(names: list[str], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from(names), max_size=6))
    text = "".join(name + data.draw(_between) for name in wanted)
    assert named_in(text, names) == tuple(dict.fromkeys(wanted))


@given(st.lists(_words, max_size=5), _words, _words)
def test_a_word_that_is_no_tag_is_refused(known: list[str], word: str, first: str) -> None:
    assume(word not in known)
    for text in (word, f"{first}、{word}", f"{word}、{first}"):
        with pytest.raises(UnknownTagError):
            named_in(text, {*known, first} - {word})


def test_a_tag_with_a_comma_in_its_name_is_found_whole() -> None:
    known = ("焊工、切割", "焊工", "夜班")
    assert named_in("焊工、切割、夜班", known) == ("焊工、切割", "夜班")
    assert named_in("焊工、夜班", known) == ("焊工", "夜班")
    assert named_in("  ", known) == ()
