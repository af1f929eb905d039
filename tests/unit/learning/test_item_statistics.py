"""Figures of questions by generated answers, and by answers whose figures are known."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.item_statistics import LEAST_ANSWERS, Response, statistics_of

RIGHT = frozenset("B")


def _answer(score: int, letter: str) -> Response:
    return Response(score, Fraction(letter == "B"), frozenset(letter))


ANSWERS = st.builds(_answer, st.integers(0, 100), st.sampled_from("ABCD"))


@given(st.lists(ANSWERS, max_size=80))
def test_figures_lie_where_they_can_and_none_is_told_of_a_few(responses) -> None:
    told = statistics_of(responses, "ABCD", RIGHT)
    if len(responses) < LEAST_ANSWERS:
        assert told is None
        return
    assert told is not None
    assert 0 <= told.right_percent <= 100
    assert -100 <= told.discrimination <= 100
    assert told.answers == len(responses)
    assert abs(sum(each.percent for each in told.choices) - 100) <= 2
    assert [each.letter for each in told.choices if each.is_right] == ["B"]
    assert told.right_percent == next(each.percent for each in told.choices if each.is_right)


@pytest.mark.parametrize(
    ("letters", "p", "d", "flag"),
    [
        ("A" * 20 + "B" * 20, 50, 100, "C、D"),
        ("B" * 20 + "A" * 20, 50, -100, "核对答案"),
        ("B" * 39 + "A", 98, 0, "偏易"),
        ("A" * 20 + "C" * 15 + "B" * 5, 12, 50, "偏难"),
        ("ABCD" * 10, 25, 0, "含糊"),
    ],
)
def test_known_answers(letters: str, p: int, d: int, flag: str) -> None:
    told = statistics_of([_answer(n, each) for n, each in enumerate(letters)], "ABCD", RIGHT)
    assert told is not None
    assert told.right_percent == p
    assert abs(told.discrimination - d) <= 10
    assert any(flag in each for each in told.flags), told.flags


def test_a_good_question_is_not_flagged() -> None:
    letters = "ACDACDBACDBB" + "BBCABBDBBABBCBBDBBBB" + "BBBBBBBB"
    told = statistics_of([_answer(n, each) for n, each in enumerate(letters)], "ABCD", RIGHT)
    assert told is not None
    assert told.flags == ()
    assert told.discrimination > 30
