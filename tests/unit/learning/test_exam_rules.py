"""Papers, attempts and grades, by generated inputs."""

import datetime as dt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.exam_items import CHOICE_KINDS
from app.learning.rules.exams import (
    Ended,
    Item,
    ItemKind,
    Refusal,
    draw_paper,
    grade,
    in_bank_letters,
    in_shown_letters,
    problem_with,
    refusal_to_start,
)
from app.learning.rules.policy import StudyPolicy

POLICY = StudyPolicy()
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


@st.composite
def banks(draw) -> list[Item]:
    found = []
    for index in range(draw(st.integers(1, 60))):
        kind = draw(st.sampled_from(sorted(CHOICE_KINDS)))
        count = 2 if kind is ItemKind.TRUE_FALSE else draw(st.integers(3, 6))
        least = 2 if kind is ItemKind.MULTIPLE else 1
        most = count if kind is ItemKind.MULTIPLE else 1
        letters = st.sampled_from("ABCDEF"[:count])
        answer = draw(st.frozensets(letters, min_size=least, max_size=most))
        found.append(Item(f"i{index}", kind, count, answer))
    return found


@given(banks(), st.integers(1, 40), st.integers())
def test_a_paper_is_of_the_size_without_repeats_in_the_banks_proportion(bank, size, seed) -> None:
    paper = draw_paper(bank, size, Random(seed).randrange)
    kinds = {item.item_id: item for item in bank}
    assert len(paper) == len({asked.item_id for asked in paper}) == min(size, len(bank))
    for asked in paper:
        assert sorted(asked.order) == list(range(kinds[asked.item_id].choice_count))
    for kind in CHOICE_KINDS:
        held = sum(item.kind is kind for item in bank)
        drawn = sum(kinds[asked.item_id].kind is kind for asked in paper)
        assert abs(drawn - held * len(paper) / len(bank)) < 1


@given(banks(), st.integers(), st.data())
def test_the_right_answers_of_any_paper_are_right_and_only_those(bank, seed, data) -> None:
    items = {item.item_id: item for item in bank}
    paper = draw_paper(bank, 20, Random(seed).randrange)
    right = {asked.item_id: in_shown_letters(asked, items[asked.item_id].answer) for asked in paper}
    assert grade(POLICY, items, paper, right).score == 100
    for asked in paper:
        assert in_bank_letters(asked, right[asked.item_id]) == items[asked.item_id].answer
    blank = data.draw(st.sampled_from([asked.item_id for asked in paper]))
    told = grade(POLICY, items, paper, {k: v for k, v in right.items() if k != blank})
    assert told.right == set(right) - {blank}
    assert told.score == (len(paper) - 1) * 100 // len(paper)
    assert told.passed == (told.score >= 60)


@pytest.mark.parametrize(
    ("kind", "given_letters", "is_fine"),
    [
        (ItemKind.SINGLE, ["A"], True),
        (ItemKind.SINGLE, ["A", "B"], False),
        (ItemKind.SINGLE, [], False),
        (ItemKind.SINGLE, ["E"], False),
        (ItemKind.MULTIPLE, ["A", "D"], True),
        (ItemKind.MULTIPLE, ["A", "A"], False),
    ],
)
def test_letters_must_fit_the_question(kind, given_letters, is_fine) -> None:
    assert (problem_with(kind, 4, given_letters) is None) == is_fine


def test_after_three_failures_there_is_a_day_of_rest() -> None:
    failed = [Ended(NOON - dt.timedelta(hours=hour), passed=False) for hour in (3, 2, 1)]
    assert refusal_to_start(POLICY, failed[:2], NOON) is None
    found = refusal_to_start(POLICY, failed, NOON)
    assert found == (Refusal.COOLING, NOON + dt.timedelta(hours=23))
    assert refusal_to_start(POLICY, failed, NOON + dt.timedelta(hours=23)) is None
    passed = [*failed, Ended(NOON, passed=True)]
    assert refusal_to_start(POLICY, passed, NOON) == (Refusal.PASSED, None)
