"""Exams: drawing a paper, when an attempt may begin, which answers count, what they are worth."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from app.learning.rules.policy import StudyPolicy

T = TypeVar("T")
LETTERS = "ABCDEFGH"
Chance = Callable[[int], int]
"""Gives a number from 0 to below its argument; the rules know no chance of their own."""


class ItemKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


class Refusal(StrEnum):
    """Why no attempt may begin now."""

    PASSED = "passed"
    COOLING = "cooling"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class Item:
    """What drawing and grading need of a question; `answer` is in the bank's own letters."""

    item_id: str
    kind: ItemKind
    choice_count: int
    answer: frozenset[str]


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One question of a paper; `order` is the bank's index of each choice as it is shown."""

    item_id: str
    order: tuple[int, ...]


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


def draw_paper(items: Sequence[Item], size: int, chance: Chance) -> tuple[PaperItem, ...]:
    """Draw `size` questions, each kind in the bank's proportion, choices in random order.

    A bank smaller than the paper is used whole. True and false stay in their order.
    """
    paper: list[PaperItem] = []
    for kind, count in _quotas(items, min(size, len(items))).items():
        own = [item for item in items if item.kind is kind]
        for item in shuffled(own, chance)[:count]:
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


def problem_with(kind: ItemKind, choice_count: int, given: Sequence[str]) -> str | None:
    """What is wrong with the chosen letters, in a sentence; None where nothing is."""
    shown = LETTERS[:choice_count]
    if not given or len(set(given)) != len(given) or not set(given) <= set(shown):
        return f"请从 {shown[0]} 到 {shown[-1]} 中选择。"
    if kind is not ItemKind.MULTIPLE and len(given) != 1:
        return "这道题只能选一个答案。"
    return None


def in_bank_letters(paper_item: PaperItem, given: Sequence[str]) -> frozenset[str]:
    """The chosen letters as the bank has them, whatever order they were shown in."""
    return frozenset(LETTERS[paper_item.order[LETTERS.index(letter)]] for letter in given)


def in_shown_letters(paper_item: PaperItem, answer: frozenset[str]) -> tuple[str, ...]:
    """The right letters as this paper showed them."""
    return tuple(
        LETTERS[place] for place, index in enumerate(paper_item.order) if LETTERS[index] in answer
    )


def grade(
    policy: StudyPolicy,
    items: Mapping[str, Item],
    paper: Sequence[PaperItem],
    given: Mapping[str, Sequence[str]],
) -> Grade:
    """All or nothing per question; the score is the percentage that is right, rounded down.

    R27: `exam_wrong_max` wrong or missing answers fail the paper whatever its score.
    """
    right = frozenset(
        asked.item_id
        for asked in paper
        if in_bank_letters(asked, given.get(asked.item_id, ())) == items[asked.item_id].answer
    )
    score = len(right) * 100 // len(paper) if paper else 0
    most = policy.exam_wrong_max
    is_failed = most is not None and len(paper) - len(right) >= most
    return Grade(score, score >= policy.exam_pass and not is_failed, right)
