"""Each kind of case has its own decisions, told in its own words."""

import pytest

from app.identity.rules.cases import DECISIONS, CaseKind
from app.oversight.rules.decisions import choices_of, told_of

# Changes of roles are confirmed on the page of the security administrators, in words of its own.
DECIDED_HERE = [kind for kind in CaseKind if kind is not CaseKind.ROLE_CHANGE]


@pytest.mark.parametrize("kind", DECIDED_HERE)
def test_every_kind_can_be_decided_in_words(kind: CaseKind) -> None:
    found = choices_of(kind)
    assert tuple(choice.decision for choice in found) == DECISIONS[kind]
    for choice in found:
        assert choice.label
        assert told_of(kind, choice.decision) == choice.told
        assert choice.told.endswith("。")
