"""Each kind of case has its own decisions, told in its own words."""

import pytest

from app.oversight.rules.decisions import CHOICES, choice_of, labels_of


@pytest.mark.parametrize("kind", sorted(CHOICES))
def test_every_kind_can_be_decided_in_words(kind: str) -> None:
    decisions = [choice.decision for choice in CHOICES[kind]]
    assert decisions
    assert len(set(decisions)) == len(decisions)
    for code, label in labels_of(kind):
        choice = choice_of(kind, code)
        assert choice is not None
        assert choice.label == label
        assert choice.told.endswith("。")


@pytest.mark.parametrize(("kind", "decision"), [("hold", "approve"), ("nothing", "approve")])
def test_a_decision_of_another_kind_is_none(kind: str, decision: str) -> None:
    assert choice_of(kind, decision) is None
