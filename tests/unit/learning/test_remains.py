"""What remains of evidence is what something is bound to, in order, and the end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.ledger import Standing
from app.learning.rules.remains import read_remains, remains_of

_STOOD = st.lists(
    st.builds(Standing, st.text("ab", max_size=3), st.text("cd", max_size=3)), min_size=1
)


@given(_STOOD, st.sets(st.integers(0, 30)), st.integers(0), st.integers(0))
def test_needed_standings_and_the_end_come_back(
    stood: list[Standing], places: set[int], batches: int, credited_ms: int
) -> None:
    needed = {stood[place] for place in places if place < len(stood)}
    kept = remains_of(stood, needed=needed, batches=batches, credited_ms=credited_ms)
    assert kept.stood[-1] == stood[-1]
    assert set(kept.stood) == needed | {stood[-1]}
    order = iter(stood)
    assert all(each in order for each in kept.stood)
    assert read_remains(json.loads(json.dumps(kept.facts()))) == kept


@pytest.mark.parametrize(
    "facts",
    [{}, {"stood": []}, {"stood": [["a"]]}, {"stood": 7}, {"stood": [["a", "b"]], "batches": 1}],
)
def test_what_is_no_such_event_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        read_remains(facts)
