"""Exams: drawing a paper, when an attempt may begin, which answers count, what they are worth."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from app.learning.rules.fill_in import MOST_TEXT, Blank, right_blanks
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.wording import amount

T = TypeVar("T")
LETTERS = "ABCDEFGH"
MOST_ANSWER = 2000
"""Letters of a short answer."""
Chance = Callable[[int], int]
"""Gives a number from 0 to below its argument; the rules know no chance of their own."""


class ItemKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"
    SHORT = "short"


class Refusal(StrEnum):
    """Why no attempt may begin now."""

    PASSED = "passed"
    COOLING = "cooling"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class Item:
    """What drawing and grading need of a question; `answer` is in the bank's own letters.

    A fill-in has `blanks` instead; what a short answer earns is told by people.
    """

    item_id: str
    kind: ItemKind
    choice_count: int
    answer: frozenset[str]
    blanks: tuple[Blank, ...] = ()
    code: str = ""
    chapter: str = ""
    difficulty: int = 3


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One question of a paper; `order` is the bank's index of each choice as it is shown."""

    item_id: str
    order: tuple[int, ...]
    points: int = 1


@dataclass(frozen=True, slots=True)
class Grade:
    score: int
    passed: bool
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that is over."""

    ended_at: dt.datetime
    passed: bool


def shuffled(given: Sequence[T], chance: Chance) -> list[T]:
    """Fisher and Yates with the given chance."""
    items = list(given)
    for last in range(len(items) - 1, 0, -1):
        other = chance(last + 1)
        items[last], items[other] = items[other], items[last]
    return items


def draw_paper(
    items: Sequence[Item], size: int, chance: Chance, seen: Collection[str] = ()
) -> tuple[PaperItem, ...]:
    """Draw `size` questions, each kind in the bank's proportion, choices in random order.

    A bank smaller than the paper is used whole. True and false stay in their order. Codes that
    the learner has seen come last of their kind.
    """
    paper: list[PaperItem] = []
    for kind, count in _quotas(items, min(size, len(items))).items():
        own = [item for item in items if item.kind is kind]
        drawn = sorted(shuffled(own, chance), key=lambda item: item.code in seen)
        for item in drawn[:count]:
            order = list(range(item.choice_count))
            if kind is not ItemKind.TRUE_FALSE:
                order = shuffled(order, chance)
            paper.append(PaperItem(item.item_id, tuple(order)))
    return tuple(paper)


def _quotas(items: Sequence[Item], size: int) -> dict[ItemKind, int]:
    """Largest remainders: the sum is the size, and no kind gets more than it has."""
    held = {kind: sum(item.kind is kind for item in items) for kind in ItemKind}
    total = max(1, len(items))
    quotas = {kind: count * size // total for kind, count in held.items()}
    by_rest = sorted(held, key=lambda kind: held[kind] * size % total, reverse=True)
    for kind in by_rest[: size - sum(quotas.values())]:
        quotas[kind] += 1
    return quotas


def refusal_to_start(
    policy: StudyPolicy, ended: Sequence[Ended], now: dt.datetime
) -> tuple[Refusal, dt.datetime | None] | None:
    """After every `exam_attempts` failures there is a pause of `exam_cooldown_s`.

    R27: after `exam_total` of them no more may begin.
    """
    if any(attempt.passed for attempt in ended):
        return Refusal.PASSED, None
    if policy.exam_total is not None and len(ended) >= policy.exam_total:
        return Refusal.USED_UP, None
    if not ended or len(ended) % policy.exam_attempts:
        return None
    last = max(attempt.ended_at for attempt in ended)
    until = last + dt.timedelta(seconds=policy.exam_cooldown_s)
    return (Refusal.COOLING, until) if now < until else None


def retakes_in_words(policy: StudyPolicy) -> str:
    """How often an exam may be taken, and how long to wait: what `refusal_to_start` does."""
    days, rest = divmod(policy.exam_cooldown_s, 86_400)
    wait = f"{days} 天" if days and not rest else amount(policy.exam_cooldown_s * 1000)
    said = f"连续 {policy.exam_attempts} 次没过，要等 {wait}再考"
    if policy.exam_cooldown_s == 0:
        said = "没过可以马上再考"
    if policy.exam_total is not None:
        said += f"，一共最多考 {policy.exam_total} 次"
    return said


def problem_with(
    kind: ItemKind, choice_count: int, given: Sequence[str], *, blank_count: int = 0
) -> str | None:
    """What is wrong with what was chosen or typed, in a sentence; None where nothing is."""
    if kind is ItemKind.FILL_IN:
        return _problem_with_blanks(given, blank_count)
    if kind is ItemKind.SHORT:
        if len(given) != 1 or len(given[0]) > MOST_ANSWER:
            return f"这道题请写一段回答，最多 {MOST_ANSWER} 个字。"
        return None
    shown = LETTERS[:choice_count]
    if not given or len(set(given)) != len(given) or not set(given) <= set(shown):
        return f"请从 {shown[0]} 到 {shown[-1]} 中选择。"
    if kind is not ItemKind.MULTIPLE and len(given) != 1:
        return "这道题只能选一个答案。"
    return None


def _problem_with_blanks(given: Sequence[str], count: int) -> str | None:
    if len(given) != count:
        return f"这道题有 {count} 个空，请一空填一个。"
    if any(len(text) > MOST_TEXT for text in given):
        return f"每个空最多填 {MOST_TEXT} 个字。"
    return None


def in_bank_letters(paper_item: PaperItem, given: Sequence[str]) -> frozenset[str]:
    """The chosen letters as the bank has them, whatever order they were shown in."""
    return frozenset(LETTERS[paper_item.order[LETTERS.index(letter)]] for letter in given)


def in_shown_letters(paper_item: PaperItem, answer: frozenset[str]) -> tuple[str, ...]:
    """The right letters as this paper showed them."""
    return tuple(
        LETTERS[place] for place, index in enumerate(paper_item.order) if LETTERS[index] in answer
    )


def share_of(item: Item, asked: PaperItem, given: Sequence[str]) -> Fraction:
    """How much of a question's points an answer earns, of 0 to 1; short answers earn nothing yet.

    All or nothing by choices; each blank of a fill-in is worth the same.
    """
    if item.kind is ItemKind.SHORT:
        return Fraction(0)
    if item.kind is ItemKind.FILL_IN:
        return Fraction(right_blanks(item.blanks, given), max(1, len(item.blanks)))
    return Fraction(in_bank_letters(asked, given) == item.answer)


def earned(
    items: Mapping[str, Item],
    paper: Sequence[PaperItem],
    given: Mapping[str, Sequence[str]],
    marks: Mapping[str, Fraction],
) -> Fraction:
    """The exact share of a paper's points, of 0 to 1: what a score is before it is rounded."""
    return _of_all(paper, _shares(items, paper, given, marks))


def _shares(
    items: Mapping[str, Item],
    paper: Sequence[PaperItem],
    given: Mapping[str, Sequence[str]],
    marks: Mapping[str, Fraction],
) -> dict[str, Fraction]:
    return {
        asked.item_id: marks.get(
            asked.item_id,
            share_of(items[asked.item_id], asked, given.get(asked.item_id, ())),
        )
        for asked in paper
    }


def _of_all(paper: Sequence[PaperItem], shares: Mapping[str, Fraction]) -> Fraction:
    total = sum(asked.points for asked in paper)
    points = sum((asked.points * shares[asked.item_id] for asked in paper), Fraction(0))
    return points / total if total else Fraction(0)


def grade(
    policy: StudyPolicy,
    items: Mapping[str, Item],
    paper: Sequence[PaperItem],
    given: Mapping[str, Sequence[str]],
    marks: Mapping[str, Fraction] | None = None,
) -> Grade:
    """The score is the percentage of the paper's points, rounded down.

    `marks` are the shares that people gave for short answers. R27: `exam_wrong_max` wrong or
    missing answers fail the paper whatever its score; one that is not wholly right is wrong.
    """
    shares = _shares(items, paper, given, marks or {})
    score = int(_of_all(paper, shares) * 100)
    right = frozenset(item_id for item_id, share in shares.items() if share == 1)
    most = policy.exam_wrong_max
    is_failed = most is not None and len(paper) - len(right) >= most
    return Grade(score, score >= policy.exam_pass and not is_failed, right)
