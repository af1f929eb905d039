"""When marks settle a short answer, by generated input."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.exam_items import RubricLine
from app.learning.rules.marking import flaw_of, settled, wants_more

WORTH = 10
POINTS = st.integers(0, WORTH)
APART = st.integers(0, 100)


@given(POINTS, APART)
def test_one_marker_decides_alone_where_one_is_asked_for(total, apart) -> None:
    assert settled([], WORTH, markers=1, apart_percent=apart) is None
    assert settled([total], WORTH, markers=1, apart_percent=apart) == Fraction(total, WORTH)


@given(POINTS, POINTS, APART)
def test_two_who_are_near_make_the_mean_and_two_apart_want_a_third(first, second, apart) -> None:
    assert settled([first], WORTH, markers=2, apart_percent=apart) is None
    found = settled([first, second], WORTH, markers=2, apart_percent=apart)
    if abs(first - second) * 100 <= apart * WORTH:
        assert found == Fraction(first + second, 2 * WORTH)
    else:
        assert found is None
    want = wants_more([first, second], WORTH, markers=2, apart_percent=apart)
    assert want == (found is None)


@given(POINTS, POINTS, POINTS, APART)
def test_three_always_settle_within_what_was_given(first, second, third, apart) -> None:
    found = settled([first, second, third], WORTH, markers=2, apart_percent=apart)
    assert found is not None
    assert min(first, second, third) <= found * WORTH <= max(first, second, third)
    other = settled([second, first, third], WORTH, markers=2, apart_percent=apart)
    assert other == found


@pytest.mark.parametrize(
    ("totals", "apart", "share"),
    [
        ([2, 4], 20, Fraction(3, 10)), ([2, 5], 20, None), ([2, 5, 4], 20, Fraction(9, 20)),
        ([2, 6, 4], 20, Fraction(4, 10)), ([0, 10, 1], 20, Fraction(1, 20)),
        ([3, 3], 0, Fraction(3, 10)),
        ([3, 4], 0, None),
    ],
)  # fmt: skip
def test_the_nearer_two_count_and_a_third_in_the_middle_counts_alone(totals, apart, share) -> None:
    assert settled(totals, WORTH, markers=2, apart_percent=apart) == share


RUBRIC = (RubricLine("甲", 3), RubricLine("乙", 2))


@pytest.mark.parametrize(
    ("points", "says"),
    [([3, 2], None), ([0, 0], None), ([4, 0], "第 1 条"), ([0, 3], "第 2 条"), ([-1, 0], "第 1 条"),
     ([3], "2 条"), ([1, 1, 1], "2 条")],
)  # fmt: skip
def test_points_fit_the_rubric(points: list[int], says: str | None) -> None:
    found = flaw_of(RUBRIC, points)
    assert (found is None) == (says is None)
    assert says is None or says in str(found)
