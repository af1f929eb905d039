"""Which policy is in force: inheritance, moments, numbers (R23), for generated revisions."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.policy import PolicyError, StudyPolicy
from app.learning.rules.policy_scopes import (
    GOALS,
    Basis,
    Revision,
    Scope,
    for_study,
    newest,
    resolve,
)

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FIELDS = {
    "hour_s": st.integers(60, 7200),
    "daily_cap_s": st.none() | st.integers(0, 86_400),
    "required_s": st.integers(0, 36_000_000),
    "study_window": st.sampled_from([None, ["06:00", "21:00"]]),
}
SETTINGS = st.fixed_dictionaries({}, optional=FIELDS)
MOMENTS = st.integers(0, 50).map(lambda days: START + dt.timedelta(days=days))


@st.composite
def histories(draw: st.DrawFn) -> list[Revision]:
    found = [
        Revision(
            scope=scope, scope_id="x", number=number, settings=draw(SETTINGS),
            effective_from=draw(MOMENTS),
        )
        for scope in Scope
        for number in range(1, draw(st.integers(0, 4)) + 1)
    ]  # fmt: skip
    return draw(st.permutations(found))


def _said(revisions: Sequence[Revision], name: str, now: dt.datetime) -> object:
    """The narrowest word on a field, found the slow way."""
    for scope in (Scope.COURSE, Scope.PROGRAMME, Scope.PLATFORM):
        begun = [each for each in revisions if each.scope is scope and each.effective_from <= now]
        begun.sort(key=lambda each: (each.effective_from, each.number))
        if begun and name in begun[-1].settings:
            return begun[-1].settings[name]
    return StudyPolicy().to_mapping()[name]


@given(histories(), MOMENTS)
def test_each_field_is_that_of_the_narrowest_scope_that_sets_it(
    revisions: list[Revision], now: dt.datetime
) -> None:
    found = resolve(revisions, now)
    said = found.policy.to_mapping()
    assert {name: said[name] for name in FIELDS} == {
        name: _said(revisions, name, now) for name in FIELDS
    }
    for name, origin in found.origins.items():
        assert origin.settings[name] == said[name]


@given(histories(), MOMENTS)
def test_nothing_that_is_still_to_come_changes_anything(
    revisions: list[Revision], now: dt.datetime
) -> None:
    begun = [each for each in revisions if each.effective_from <= now]
    assert resolve(revisions, now) == resolve(begun, now)


@given(histories(), MOMENTS, SETTINGS)
def test_a_revision_counts_from_its_moment_on(
    revisions: list[Revision], moment: dt.datetime, settings: dict[str, object]
) -> None:
    last = max((each.number for each in revisions), default=0)
    new = Revision(
        scope=Scope.COURSE, scope_id="x", number=last + 1, settings=settings, effective_from=moment
    )
    before = moment - dt.timedelta(microseconds=1)
    assert resolve([*revisions, new], before) == resolve(revisions, before)
    said = resolve([*revisions, new], moment).policy.to_mapping()
    assert {name: said[name] for name in settings} == settings


def test_of_two_with_one_moment_the_later_number_counts() -> None:
    one, two = (
        Revision(scope=Scope.COURSE, scope_id="x", number=number, settings={}, effective_from=START)
        for number in (1, 2)
    )
    assert newest([two, one], START) is two
    assert newest([], START) is None


def test_the_narrowest_basis_is_named_and_said_to_be_unread() -> None:
    platform = Revision(
        scope=Scope.PLATFORM, scope_id="all", number=1, settings={}, effective_from=START,
        basis=Basis("川人社规〔2025〕11号", "第三条", dt.date(2025, 7, 25)),
    )  # fmt: skip
    course = Revision(
        scope=Scope.COURSE, scope_id="x", number=1, settings={}, effective_from=START,
        basis=Basis("645号", is_confirmed=True),
    )  # fmt: skip
    assert resolve([platform], START).policy.basis == (
        "川人社规〔2025〕11号（2025-07-25） 第三条（待核实）"
    )
    assert resolve([platform, course], START).policy.basis == "645号"


def test_fields_that_cannot_stand_are_named() -> None:
    wrong = Revision(
        scope=Scope.COURSE, scope_id="x", number=1, settings={"hour_s": 1}, effective_from=START
    )
    with pytest.raises(PolicyError) as caught:
        resolve([wrong], START)
    assert caught.value.field == "hour_s"


@given(SETTINGS, SETTINGS)
def test_a_session_keeps_the_goals_of_its_enrolment(
    current: dict[str, object], enrolled: dict[str, object]
) -> None:
    now, then = StudyPolicy.from_mapping(current), StudyPolicy.from_mapping(enrolled)
    found = for_study(now, then)
    for name in StudyPolicy.__dataclass_fields__:
        assert getattr(found, name) == getattr(then if name in GOALS else now, name)
