"""What answers tell of a question: how hard it is, whether it separates, which choices mislead.

Classical test theory: difficulty is the share that is right (p); discrimination the difference of p
between the best and the worst 27 % of papers (Kelley 1939). Nothing is said below a least count.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST_ANSWERS = 30
"""Of one question, before a figure is shown: fewer would be chance, and could be a person."""
KELLEY = Fraction(27, 100)
TOO_EASY, TOO_HARD = Fraction(95, 100), Fraction(20, 100)
POOR = Fraction(15, 100)
_UNUSED = Fraction(2, 100)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: the paper's score (percent), the share earned, the bank's letters chosen."""

    score: int
    share: Fraction
    letters: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChoiceUse:
    letter: str
    is_right: bool
    percent: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Percents; `flags` are sentences for the author, empty where nothing stands out."""

    answers: int
    right_percent: int
    discrimination: int
    """Of -100 to 100."""
    choices: tuple[ChoiceUse, ...]
    flags: tuple[str, ...]


def statistics_of(
    responses: Sequence[Response], letters: Sequence[str], right: frozenset[str]
) -> Statistics | None:
    """Reckon a question's figures; None below the least count. `letters` are its choices."""
    count = len(responses)
    if count < LEAST_ANSWERS:
        return None
    ease = _mean(responses)
    separates = _discrimination(responses)
    used = Counter(letter for each in responses for letter in each.letters)
    choices = tuple(
        ChoiceUse(letter, letter in right, _percent(Fraction(used[letter], count)))
        for letter in letters
    )
    idle = [
        each.letter for each in choices
        if not each.is_right and Fraction(used[each.letter], count) < _UNUSED
    ]  # fmt: skip
    return Statistics(
        count, _percent(ease), _percent(separates), choices, _flags(ease, separates, idle)
    )


def _mean(responses: Sequence[Response]) -> Fraction:
    return sum((each.share for each in responses), Fraction(0)) / len(responses)


def _discrimination(responses: Sequence[Response]) -> Fraction:
    """Of equal scores those that came first stand first: any order is as good as another."""
    ordered = sorted(responses, key=lambda each: each.score)
    size = max(1, int(len(ordered) * KELLEY))
    return _mean(ordered[-size:]) - _mean(ordered[:size])


def _percent(share: Fraction) -> int:
    return round(share * 100)


def _flags(ease: Fraction, separates: Fraction, idle: Sequence[str]) -> tuple[str, ...]:
    found = []
    if separates < -POOR:  # a little below nothing is chance
        found.append("成绩好的人反而答错得多，请核对答案。")
    elif separates < POOR and TOO_HARD < ease < TOO_EASY:
        found.append("区分不出成绩好坏，请看看题干是否含糊。")
    if ease >= TOO_EASY:
        found.append("几乎人人答对，偏易。")
    if ease <= TOO_HARD:
        found.append("答对的人很少，偏难，或者答案有误。")
    if idle:
        found.append(f"选项 {'、'.join(idle)} 几乎没有人选，可以换掉。")
    return tuple(found)
