"""A limit for each question: whatever a page does, no question is open longer than it may be."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules import item_limits as rules
from app.learning.rules.item_limits import Slot

ITEM_MS, GRACE_MS, COUNT = 60_000, 120_000, 8
_steps = st.lists(
    st.tuples(st.sampled_from(["look", "go on"]), st.integers(min_value=0, max_value=150_000)),
    max_size=20,
)


def _walk(steps: list) -> tuple[tuple[Slot, ...], int]:
    slots, now = rules.first(ITEM_MS), 0
    for what, wait in steps:
        now += wait
        if what == "go on":
            slots = rules.go_on(slots, now, ITEM_MS, COUNT)
    return rules.settle(slots, now, ITEM_MS, COUNT), now


@given(_steps)
def test_questions_stand_open_one_after_another_and_none_longer_than_its_limit(
    steps: list,
) -> None:
    slots, now = _walk(steps)
    assert 1 <= len(slots) <= COUNT
    for here, after in pairwise(slots):
        assert here.opened_ms <= after.opened_ms <= here.opened_ms + ITEM_MS
        assert here.is_left or after.opened_ms == here.due_ms
    assert all(slot.due_ms - slot.opened_ms == ITEM_MS for slot in slots)
    # The one that is open by the clock is the last, or all have passed.
    assert slots[-1].opened_ms <= now
    assert now <= slots[-1].due_ms or len(slots) == COUNT
    assert 0 <= rules.left_ms(slots, now) <= ITEM_MS


@given(_steps, st.integers(min_value=-2, max_value=COUNT + 2))
def test_an_answer_counts_for_what_is_open_or_was_a_moment_ago(steps: list, place: int) -> None:
    slots, now = _walk(steps)
    counts = rules.may_answer(slots, place, now, GRACE_MS)
    if not 0 <= place < len(slots):
        assert not counts  # nobody answers what has not come
    elif slots[place].is_left:
        assert not counts
    else:
        assert counts is (now <= slots[place].due_ms + GRACE_MS)


@given(_steps)
def test_looking_changes_nothing_and_what_is_stored_comes_back(steps: list) -> None:
    slots, now = _walk(steps)
    assert rules.settle(slots, now, ITEM_MS, COUNT) == slots
    assert rules.slots_of([slot.stored for slot in slots]) == slots


@given(_steps, st.integers(min_value=0, max_value=300_000), st.integers(min_value=0))
def test_time_that_was_lent_and_taken_back_opens_nothing_before_its_moment(
    steps: list, lent: int, took: int
) -> None:
    slots, now = _walk(steps)
    took %= lent + 1
    lent_slots = rules.put_off(slots, len(slots) - 1, lent, now)
    back = rules.put_off(lent_slots, len(slots) - 1, took - lent, now + took)
    assert back[-1].due_ms >= min(now, slots[-1].due_ms)
    assert back[-1].due_ms <= max(slots[-1].due_ms + took, now + took)
    assert back[:-1] == slots[:-1]


@given(_steps, st.integers(min_value=1, max_value=300_000), st.integers(min_value=0))
def test_what_was_lent_to_a_question_is_taken_from_no_other_and_answers_none(
    steps: list, lent: int, at: int
) -> None:
    slots, now = _walk(steps)
    place = at % len(slots)
    lent_slots = rules.put_off(slots, place, lent, now)
    moment = slots[place].due_ms + GRACE_MS + 1
    assert not rules.may_answer(lent_slots, place, moment, GRACE_MS, lent)
    later = rules.settle(lent_slots, now + lent + 2 * ITEM_MS, ITEM_MS, COUNT)
    back = rules.put_off(later, place, -lent, now + lent + 2 * ITEM_MS)
    assert back[:place] == later[:place]
    assert back[place + 1 :] == later[place + 1 :]
