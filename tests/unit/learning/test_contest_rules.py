"""What a contest must say before it goes out."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from app.learning.rules import contests as rules
from app.learning.rules.blueprints import Section
from app.learning.rules.contests import (
    Advance,
    Audience,
    Card,
    ContestKind,
    ContestState,
    RoundCard,
    Step,
)

NOW = dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CARD = Card(
    kind=ContestKind.RACE, title="电工技能竞赛", rules_text="闭卷，独立完成。", prizes_text="",
    audience=Audience.ROSTER, audience_ids=(), asks_identity=True,
)  # fmt: skip
FIRST = RoundCard(
    title="初赛", opens_at=NOW + HOUR, closes_at=NOW + 3 * HOUR, seconds=1800, tries=1,
    bank_ids=("B",), sections=(Section(title="单选", count=2, points=1),), advance=Advance.TOP,
    advance_value=3,
)  # fmt: skip
FINAL = replace(
    FIRST, title="决赛", opens_at=NOW + 5 * HOUR, closes_at=NOW + 6 * HOUR, advance=None,
    advance_value=None,
)  # fmt: skip


def test_a_whole_contest_has_no_flaw() -> None:
    assert rules.card_flaws(CARD) == ()
    assert rules.round_flaws(ContestKind.RACE, FIRST) == ()
    assert rules.whole_flaws(ContestKind.RACE, [FIRST, FINAL], NOW) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "/title"),
        ({"title": "长" * 81}, "/title"),
        ({"rules_text": "\n"}, "/rules_text"),
        ({"rules_text": "字" * 4001}, "/rules_text"),
        ({"prizes_text": "字" * 4001}, "/prizes_text"),
        ({"audience": Audience.UNITS}, "/audience"),
        ({"audience": Audience.TAGS}, "/audience"),
    ],
)
def test_each_flaw_of_a_card_names_its_field_and_a_remedy(
    change: dict[str, Any], field: str
) -> None:
    flaws = rules.card_flaws(replace(CARD, **change))
    assert [flaw.field for flaw in flaws] == [field]
    assert all(flaw.fix for flaw in flaws)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "/title"),
        ({"closes_at": FIRST.opens_at}, "/closes_at"),
        ({"closes_at": FIRST.opens_at + dt.timedelta(days=367)}, "/closes_at"),
        ({"closes_at": FIRST.opens_at + dt.timedelta(minutes=29)}, "/minutes"),
        ({"seconds": 0}, "/minutes"),
        ({"tries": 2}, "/tries"),
        ({"bank_ids": ()}, "/bank_ids"),
        ({"advance_value": None}, "/advance_value"),
        ({"advance": Advance.SCORE, "advance_value": 101}, "/advance_value"),
    ],
)
def test_each_flaw_of_a_round_names_its_field(change: dict[str, Any], field: str) -> None:
    flaws = rules.round_flaws(ContestKind.RACE, replace(FIRST, **change))
    assert [flaw.field for flaw in flaws] == [field]


def test_a_practice_set_may_be_tried_often_and_has_one_round() -> None:
    often = replace(FINAL, tries=20)
    assert rules.round_flaws(ContestKind.PRACTICE, often) == ()
    assert rules.round_flaws(ContestKind.PRACTICE, replace(often, tries=0))
    assert rules.whole_flaws(ContestKind.PRACTICE, [often], NOW) == ()
    assert rules.whole_flaws(ContestKind.PRACTICE, [often, often], NOW)


def test_rounds_follow_one_another_and_all_but_the_last_say_who_goes_on() -> None:
    assert rules.whole_flaws(ContestKind.RACE, [], NOW)
    assert rules.whole_flaws(ContestKind.RACE, [FIRST], NOW)  # on to nothing
    assert rules.whole_flaws(ContestKind.RACE, [FINAL, FINAL], NOW)  # nobody goes on
    early = replace(FINAL, opens_at=FIRST.closes_at)
    assert rules.whole_flaws(ContestKind.RACE, [FIRST, early], NOW)
    assert rules.whole_flaws(ContestKind.RACE, [FINAL], FINAL.closes_at)  # it has passed


def test_a_round_is_over_when_no_paper_takes_an_answer_any_more() -> None:
    closes = FIRST.closes_at
    grace = dt.timedelta(seconds=120)
    assert not rules.is_over(closes, 120, 0, closes)
    assert not rules.is_over(closes, 120, 0, closes + grace)
    assert not rules.is_over(closes, 120, 1, closes + 2 * grace)  # a check has put one off
    assert rules.is_over(closes, 120, 0, closes + grace + dt.timedelta(seconds=1))


def test_what_is_out_is_not_changed_and_only_cancelled() -> None:
    assert {step for step in Step if rules.may(ContestState.PUBLISHED, step)} == {Step.CANCEL}
    assert not any(rules.may(ContestState.CANCELLED, step) for step in Step)
    assert rules.needs_second(ContestKind.RACE)
    assert not rules.needs_second(ContestKind.PRACTICE)
