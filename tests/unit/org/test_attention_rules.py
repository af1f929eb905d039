"""Who needs a word today, and what stands in the way: over generated standings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules.attention import (
    PRESSING_NAMES,
    REASON_NAMES,
    REMEDIES,
    Pressing,
    Reason,
    Standing,
    pressing_of,
    reasons_of,
)
from app.org.rules.deadlines import Progress

_MS = st.integers(0, 10_000_000)
STANDINGS = st.builds(
    Standing, progress=st.sampled_from(Progress), idle_days=st.integers(0, 400),
    confirmed_ms=_MS, pending_ms=_MS, required_ms=st.none() | _MS, exam_passed=st.booleans(),
    exam_failed=st.booleans(), is_held=st.booleans(),
)  # fmt: skip
CALM = Standing(
    progress=Progress.STUDYING, idle_days=0, confirmed_ms=60_000, pending_ms=0,
    required_ms=600_000, exam_passed=False, exam_failed=False, is_held=False,
)  # fmt: skip


@given(STANDINGS)
def test_each_stands_on_one_list_and_a_deadline_goes_first(standing: Standing) -> None:
    pressing, reasons = pressing_of(standing), reasons_of(standing)
    if standing.progress is Progress.DONE:
        assert (pressing, reasons) == (None, ())
    elif standing.progress in (Progress.OVERDUE, Progress.DUE_SOON):
        assert pressing == standing.progress.value
    else:
        assert (pressing is Pressing.STUCK) == bool(reasons)
    assert list(reasons) == [reason for reason in Reason if reason in reasons]


@given(STANDINGS)
def test_what_is_not_joined_is_nobodys_study(standing: Standing) -> None:
    waiting = replace(standing, progress=Progress.WAITING)
    assert reasons_of(waiting) == ((Reason.NOT_JOINED,) if waiting.idle_days >= 3 else ())
    joined = replace(standing, progress=Progress.STUDYING)
    assert Reason.NOT_JOINED not in reasons_of(joined)


@given(STANDINGS)
def test_a_longer_silence_takes_no_reason_away(standing: Standing) -> None:
    later = replace(standing, idle_days=standing.idle_days + 1)
    assert set(reasons_of(standing)) <= set(reasons_of(later))


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, ()),
        ({"idle_days": 6}, ()),
        ({"idle_days": 7}, (Reason.IDLE,)),
        ({"idle_days": 7, "confirmed_ms": 0}, (Reason.NOT_BEGUN,)),
        ({"is_held": True}, (Reason.HELD,)),
        ({"pending_ms": 1, "idle_days": 1}, ()),
        ({"pending_ms": 1, "idle_days": 2}, (Reason.HOURS_PENDING,)),
        ({"exam_failed": True}, (Reason.EXAM_FAILED,)),
        ({"exam_failed": True, "exam_passed": True}, ()),
        ({"confirmed_ms": 600_000, "idle_days": 2}, ()),
        ({"confirmed_ms": 600_000, "idle_days": 9}, (Reason.EXAM_LEFT,)),
        ({"confirmed_ms": 600_000, "idle_days": 9, "exam_failed": True}, (Reason.EXAM_FAILED,)),
        (
            {"is_held": True, "pending_ms": 1, "idle_days": 9, "exam_failed": True},
            (Reason.HELD, Reason.HOURS_PENDING, Reason.EXAM_FAILED, Reason.IDLE),
        ),
    ],
)
def test_reasons(change: dict, reasons: tuple[Reason, ...]) -> None:
    assert reasons_of(replace(CALM, **change)) == reasons


def test_every_list_and_reason_has_its_words() -> None:
    assert set(PRESSING_NAMES) == set(Pressing)
    assert set(REASON_NAMES) == set(REMEDIES) == set(Reason)
