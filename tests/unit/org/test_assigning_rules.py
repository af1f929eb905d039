"""What can be wished of a rule, and how one stands, by generated wishes."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.rules import assigning as rules
from app.org.rules.assigning import Aim, RuleState, Wish

TODAY = dt.date(2026, 11, 27)
_DAYS = st.none() | st.integers(-5, 1200)
_DAY = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2031, 1, 1))


@given(
    aim=st.sampled_from(Aim), persons=st.integers(0, 600), days=_DAYS,
    kind=st.sampled_from(["", "培训合格证书"]), due_on=_DAY, due_days=_DAYS,
    stands=st.booleans(),
)  # fmt: skip
def test_what_passes_can_be_asked(
    *, aim: Aim, persons: int, days: int | None, kind: str, due_on: dt.date | None,
    due_days: int | None, stands: bool,
) -> None:  # fmt: skip
    wish = Wish(
        aim=aim, persons=persons, days=days, certificate_kind=kind, due_on=due_on,
        due_days=due_days, stands=stands,
    )  # fmt: skip
    flaw = rules.flaw_of(wish, today=TODAY)
    if flaw is not None:
        assert flaw.field.startswith("/")
        assert flaw.sentence
        assert flaw.remedy
        return
    day = rules.due_day(due_on=due_on, due_days=due_days, today=TODAY)
    assert TODAY <= day <= TODAY + dt.timedelta(days=3 * 366)
    assert not rules.is_over(due_on=due_on, today=TODAY)
    assert not (aim is Aim.PERSONS and rules.does_stand(wish))
    assert rules.does_stand(wish) or aim not in (Aim.NEW_STAFF, Aim.EXPIRING)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(aim=Aim.PERSONS, due_days=7), "/staff_ids"),
        (Wish(aim=Aim.PERSONS, persons=501, due_days=7), "/staff_ids"),
        (Wish(aim=Aim.NEW_STAFF, due_days=7), "/days"),
        (Wish(aim=Aim.NEW_STAFF, days=367, due_days=7), "/days"),
        (Wish(aim=Aim.EXPIRING, days=91, certificate_kind="x", due_days=7), "/days"),
        (Wish(aim=Aim.EXPIRING, days=90, due_days=7), "/certificate_kind"),
        (Wish(aim=Aim.UNIT), "/due_on"),
        (Wish(aim=Aim.UNIT, due_on=TODAY, due_days=7), "/due_on"),
        (Wish(aim=Aim.UNIT, due_on=TODAY - dt.timedelta(days=1)), "/due_on"),
        (Wish(aim=Aim.UNIT, due_days=0), "/due_days"),
        (Wish(aim=Aim.UNIT, due_days=7), None),
        (Wish(aim=Aim.UNIT, due_on=TODAY), None),
    ],
)
def test_the_first_flaw_names_its_field(wish: Wish, field: str | None) -> None:
    flaw = rules.flaw_of(wish, today=TODAY)
    assert (flaw.field if flaw else None) == field


@pytest.mark.parametrize(
    ("stands", "done", "ended", "withdrawn", "past", "state"),
    [
        (True, False, False, False, False, RuleState.WORKING),
        (True, True, False, False, False, RuleState.STANDING),
        (True, True, False, False, True, RuleState.ENDED),
        (False, True, False, False, True, RuleState.DONE),
        (True, True, True, False, False, RuleState.ENDED),
        (True, True, True, True, False, RuleState.WITHDRAWN),
    ],
)
def test_how_a_rule_stands(
    *, stands: bool, done: bool, ended: bool, withdrawn: bool, past: bool, state: RuleState
) -> None:
    found = rules.state_of(
        stands=stands, is_done=done, is_ended=ended, is_withdrawn=withdrawn, is_past=past
    )
    assert found is state
