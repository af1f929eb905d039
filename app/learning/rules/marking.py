"""Marking short answers by people: when a question's marks settle it, and what they come to."""

from collections.abc import Sequence
from fractions import Fraction

from app.learning.rules.exam_items import RubricLine

MOST_MARKERS = 3


def flaw_of(rubric: Sequence[RubricLine], points: Sequence[int]) -> str | None:
    """What is wrong with one marker's points by line of the rubric; None where nothing is."""
    if len(points) != len(rubric):
        return f"评分要点有 {len(rubric)} 条，请每条都给分。"
    for number, (line, given) in enumerate(zip(rubric, points, strict=True), start=1):
        if not 0 <= given <= line.points:
            return f"第 {number} 条最多 {line.points} 分。"
    return None


def settled(
    totals: Sequence[int], worth: int, *, markers: int, apart_percent: int
) -> Fraction | None:
    """The share of the points that the marks come to, in their order; None where one is missing.

    Of two the mean, where they differ by no more than `apart_percent` of what the question is
    worth; else a third marker decides together with the nearer of the two, alone where both are
    equally near.
    """
    if len(totals) < markers:
        return None
    if markers == 1:
        return Fraction(totals[0], worth)
    first, second = totals[:2]
    if abs(first - second) * 100 <= apart_percent * worth:
        return Fraction(first + second, 2 * worth)
    if len(totals) < MOST_MARKERS:
        return None
    third = totals[2]
    if abs(first - third) == abs(second - third):
        return Fraction(third, worth)
    nearer = min(first, second, key=lambda each: abs(each - third))
    return Fraction(nearer + third, 2 * worth)


def wants_more(totals: Sequence[int], worth: int, *, markers: int, apart_percent: int) -> bool:
    """Whether another person has to mark it."""
    return settled(totals, worth, markers=markers, apart_percent=apart_percent) is None
