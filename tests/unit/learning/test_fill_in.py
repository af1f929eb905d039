"""What was typed into a blank, by generated inputs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.fill_in import Blank, is_accepted, normal, number_of, right_blanks

WORDS = st.text("安全生产ABCabcéß", min_size=1, max_size=12)
NUMBERS = st.decimals(-(10**6), 10**6, places=3, allow_nan=False, allow_infinity=False)


@given(WORDS, st.text(" \t\u3000", max_size=3), st.sampled_from(["", "。", ".", "！"]))
def test_width_case_spaces_and_end_marks_never_decide(word, space, mark) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "A" <= c <= "z" else c for c in word.swapcase())
    blank = Blank((word,))
    assert is_accepted(blank, f"{space}{space.join(wide)}{mark}{space}")


@given(WORDS, WORDS)
def test_another_word_is_wrong(word, other) -> None:
    assert is_accepted(Blank((word,)), other) == (normal(word) == normal(other))


@given(NUMBERS, NUMBERS, st.decimals(0, 1000, places=3))
def test_numbers_count_by_their_distance(wanted, told, tolerance) -> None:
    blank = Blank((str(wanted),), str(tolerance))
    assert is_accepted(blank, str(told)) == (abs(wanted - told) <= tolerance)
    assert is_accepted(Blank((str(wanted),)), str(told)) == (wanted == told)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.5", "1234.5"), ("１２", "12"), ("−3", "-3"), (" 0.50 ", "0.5"), (".5", "0.5")],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "12V", "1,23", "NaN", "1e9", "--1", "Infinity", "9" * 200])
def test_what_is_no_number_is_compared_as_text(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_nothing_is_never_right(text: str) -> None:
    assert not is_accepted(Blank(("。",)), text)
    assert not is_accepted(Blank(("12",), "100"), text)


@given(st.lists(st.booleans(), max_size=8))
def test_each_blank_is_judged_by_itself(hits) -> None:
    blanks = [Blank((f"答{n}", f"other{n}")) for n, _ in enumerate(hits)]
    told = [f"答{n}" if hit else "x" for n, hit in enumerate(hits)]
    assert right_blanks(blanks, told) == sum(hits)
    assert right_blanks(blanks, [f"OTHER {n}" for n, _ in enumerate(hits)]) == len(hits)
