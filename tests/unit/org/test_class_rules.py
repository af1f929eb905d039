"""Classes by generated input: states, cards, changes, places, the queue, the plan."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules import class_places as places
from app.org.rules import class_units as units
from app.org.rules import classes as rules
from app.org.rules.class_places import Door, MemberState
from app.org.rules.classes import (
    MOST_CAPACITY,
    MOST_DAYS,
    OVER,
    Card,
    ClassFlawError,
    ClassState,
    Step,
)

TODAY = dt.date(2026, 11, 24)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2029, 12, 31))
CARD = Card(
    title="电工班", summary="学用电安全", starts_on=TODAY, ends_on=TODAY + dt.timedelta(days=20),
    capacity=30, is_public=False, enrol_until=None, contract="", price_yuan=None,
)  # fmt: skip
CARDS = st.builds(
    Card, title=st.text(max_size=12), summary=st.text(max_size=5), starts_on=DAYS, ends_on=DAYS,
    capacity=st.integers(-5, 700), is_public=st.booleans(), enrol_until=st.none() | DAYS,
    contract=st.text(max_size=5), price_yuan=st.none() | st.integers(-5, 5_000_000_000),
)  # fmt: skip
# Every way through, so that nobody opens another one unseen.
WAYS = {
    (ClassState.DRAFT, Step.APPLY): ClassState.APPLIED,
    (ClassState.DRAFT, Step.CHANGE): ClassState.DRAFT,
    (ClassState.DRAFT, Step.ADMIT): ClassState.DRAFT,
    (ClassState.DRAFT, Step.CANCEL): ClassState.CANCELLED,
    (ClassState.APPLIED, Step.WITHDRAW): ClassState.DRAFT,
    (ClassState.APPLIED, Step.APPROVE): ClassState.RUNNING,
    (ClassState.APPLIED, Step.REFUSE): ClassState.DRAFT,
    (ClassState.APPLIED, Step.CANCEL): ClassState.CANCELLED,
    (ClassState.RUNNING, Step.CHANGE): ClassState.RUNNING,
    (ClassState.RUNNING, Step.ADMIT): ClassState.RUNNING,
    (ClassState.RUNNING, Step.CALL_ROLL): ClassState.RUNNING,
    (ClassState.RUNNING, Step.CLOSE): ClassState.CLOSING,
    (ClassState.RUNNING, Step.CANCEL): ClassState.CANCELLED,
    (ClassState.CLOSING, Step.ARCHIVE): ClassState.ARCHIVED,
}


def test_every_step_leads_where_the_table_says_and_no_other_is_open() -> None:
    for state in ClassState:
        for step in Step:
            assert rules.may(state, step) is ((state, step) in WAYS)
            if (state, step) in WAYS:
                assert rules.after(state, step) is WAYS[state, step]
            else:
                with pytest.raises(ValueError, match=step.value):
                    rules.after(state, step)


@given(st.lists(st.sampled_from(Step)))
def test_nothing_runs_that_was_not_approved_and_nothing_comes_back(steps: list[Step]) -> None:
    state, was_approved, is_over = ClassState.DRAFT, False, False
    for step in steps:
        if not rules.may(state, step):
            continue
        state = rules.after(state, step)
        was_approved = was_approved or step is Step.APPROVE
        assert not (is_over and state not in OVER)
        is_over = state in OVER
        if state in (ClassState.RUNNING, ClassState.CLOSING, ClassState.ARCHIVED):
            assert was_approved
        sentence, remedy = rules.not_now(state)
        assert sentence
        assert remedy


def _or_flaw(look: Callable[[], Any]) -> tuple[Any, ClassFlawError | None]:
    try:
        return look(), None
    except ClassFlawError as flaw:
        return None, flaw


@given(CARDS, st.integers(0, 40))
def test_a_card_is_tidied_or_refused_at_a_field_of_its_own(card: Card, enrolled: int) -> None:
    found, flaw = _or_flaw(lambda: rules.check(card, today=TODAY, enrolled=enrolled))
    if flaw is not None:
        assert flaw.field in Card.__dataclass_fields__
        assert flaw.sentence
        assert flaw.remedy
        return
    assert enrolled <= found.capacity <= MOST_CAPACITY
    assert found.ends_on >= TODAY
    assert 0 <= (found.ends_on - found.starts_on).days < MOST_DAYS
    assert bool(found.contract) is (found.price_yuan is not None)
    assert (found.enrol_until is not None) is found.is_public
    assert rules.check(found, today=TODAY, enrolled=enrolled) == found


@given(CARDS, CARDS)
def test_changes_are_what_differs_and_nothing_else(before: Card, after: Card) -> None:
    found = {each.field: each for each in rules.changes(before, after)}
    for name in Card.__dataclass_fields__:
        old, new = getattr(before, name), getattr(after, name)
        assert (name in found) is (old != new)
        if name in found:
            assert (found[name].before, found[name].after) == (rules.said(old), rules.said(new))
    assert rules.changes(before, before) == ()


@given(CARDS, CARDS)
def test_the_people_read_of_days_and_plan_and_of_nothing_else(before: Card, after: Card) -> None:
    found = rules.changes(before, after)
    for said in (
        rules.news(found),
        rules.news((*found, rules.Change(rules.PLAN, "计划", "1", "2"))),
    ):
        for each in found:
            is_day = each.field in ("starts_on", "ends_on")
            assert (f"{each.name}由 {each.before} 改为 {each.after}" in said) is is_day
    assert ("计划由 1 改为 2" in said) is True
    assert bool(rules.news(found)) is (
        (before.starts_on, before.ends_on) != (after.starts_on, after.ends_on)
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " 班 "}, "title"), ({"ends_on": TODAY - dt.timedelta(days=1)}, "ends_on"),
        ({"capacity": 0}, "capacity"), ({"capacity": 4}, "capacity"),
        ({"is_public": True}, "enrol_until"), ({"contract": "合同 1"}, "price_yuan"),
        ({"price_yuan": 1}, "contract"),
    ],
)  # fmt: skip
def test_each_flaw_is_named(change: dict[str, object], field: str) -> None:
    with pytest.raises(ClassFlawError) as raised:
        rules.check(replace(CARD, **change), today=TODAY, enrolled=5)
    assert raised.value.field == field


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 10))
def test_nobody_passes_who_waits_and_no_class_is_too_full(
    capacity: int, enrolled: int, waiting: int
) -> None:
    placed = places.state_for(capacity, enrolled, waiting) is MemberState.ENROLLED
    assert placed is (enrolled < capacity and waiting == 0)
    queue = list(range(waiting))
    moved = list(places.moving_up(capacity, enrolled, queue))
    assert moved == queue[: len(moved)]
    assert len(moved) == min(waiting, max(0, capacity - enrolled))


@given(st.sampled_from(ClassState), st.none() | DAYS, st.integers(0, 3), st.integers(0, 250))
def test_the_door_is_open_only_while_somebody_may_come(
    state: ClassState, until: dt.date | None, enrolled: int, waiting: int
) -> None:
    door = places.door_of(state, until, TODAY, capacity=2, enrolled=enrolled, waiting=waiting)
    is_in_time = until is not None and until >= TODAY and state not in OVER
    assert (door in (Door.OPEN, Door.WAITING, Door.FULL)) is is_in_time
    if door is Door.OPEN:
        assert enrolled < 2
        assert waiting == 0
    assert (door is Door.FULL) is (is_in_time and waiting >= places.MOST_WAITING)


@given(DAYS, st.integers(-10, 1500), st.integers(-5, 800), st.text(max_size=5), st.text(max_size=5))
def test_a_unit_lies_within_its_class_and_its_day(
    day: dt.date, starts_at: int, minutes: int, topic: str, place: str
) -> None:
    unit = units.Unit(day=day, starts_at=starts_at, minutes=minutes, topic=topic, place=place)
    ends_on = TODAY + dt.timedelta(days=400)
    found, flaw = _or_flaw(lambda: units.check(unit, starts_on=TODAY, ends_on=ends_on))
    if flaw is not None:
        assert flaw.field in ("topic", "day", "minutes")
        return
    assert TODAY <= found.day <= ends_on
    assert 0 <= found.starts_at < found.starts_at + found.minutes <= units.MIDNIGHT


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_clock_is_read_as_it_is_written(hour: int, minute: int) -> None:
    at = hour * 60 + minute
    assert units.read_clock(units.clock(at)) == at
    assert units.read_clock(f" {hour}：{minute:02d}") == at


@given(st.text(max_size=6))
def test_what_is_no_clock_is_refused_and_breaks_nothing(text: str) -> None:
    at, flaw = _or_flaw(lambda: units.read_clock(text))
    if flaw is not None:
        assert flaw.field == "starts"
    else:
        assert ":" in text or "：" in text
        assert 0 <= at < units.MIDNIGHT
